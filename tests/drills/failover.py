"""Failover: the standby loses touch with its primary under load, the primary dies, and the standby is promoted. With `durability: required` no
acknowledged write is lost, because none is acknowledged meanwhile; with `preferred` writes go on, and how many are lost is printed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bdc.stack.server import Server, kill_group
from tests.drills.stage import STARTER, Issuer, Traffic, built, execute, migrate, postgres, serve, value
from tests.drills.standbys import NAME, promote, standby_of

SHARE = 4.0
REPLICAS = 2
Say = Callable[[str], None]


async def failover(folder: Path, say: Say) -> None:
    """Both durabilities, each with two servers of its own."""
    out = built(STARTER, folder / "out")
    await _once(folder / "required", out, say, "required")
    await _once(folder / "preferred", out, say, "preferred")


async def _once(folder: Path, out: Path, say: Say, durability: str) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    issuer = Issuer(folder / "jwks.json")
    with postgres(folder / "database", wal_level="replica", max_wal_senders="5") as first:
        await execute(first.superuser_url, "create database starter")
        admin = first.url("postgres", "starter")
        migrate(out, admin, "up", "--all", "--seed")
        await issuer.know(admin)
        with standby_of(first, folder / "database", folder / "standby") as second:
            await _synchronous(first, f"ANY 1 ({NAME})")
            async with way_to(first) as way:
                await _load(folder, out, issuer, way, first, second, durability, say)


async def _load(
    folder: Path,
    out: Path,
    issuer: Issuer,
    way: "Way",
    first: Server,
    second: Server,
    durability: str,
    say: Say,
) -> None:
    url = f"postgresql://starter_runtime@127.0.0.1:{way.port}/starter"
    logs = [folder / f"service-{number}.log" for number in range(REPLICAS)]
    services = [await asyncio.to_thread(serve, out, url, issuer, log) for log in logs]
    traffic = Traffic(issuer.token, services)
    async with traffic.going_on(callers=8):
        await asyncio.sleep(SHARE)
        traffic.require_none_failed()
        await _part(first, second, waits=durability == "required")
        before = len(traffic.kept)
        await asyncio.sleep(SHARE)
        meanwhile, before = len(traffic.kept) - before, len(traffic.kept)
        say(
            f"{durability}: without its standby the primary acknowledged {meanwhile:,} writes in {SHARE:.0f} s"
        )
        assert (meanwhile == 0) == (durability == "required"), "durability is not as declared"
        lost_at = time.monotonic()
        kill_group(first.pid)
        way.cut()
        took = await asyncio.to_thread(promote, second)
        way.lead_to(second)
        while len(traffic.kept) == before:
            assert time.monotonic() - lost_at < 30, "no write after the failover"
            await asyncio.sleep(0.01)
        gap = time.monotonic() - lost_at
        await asyncio.sleep(SHARE)
        settled = traffic.failed.total()
        await asyncio.sleep(SHARE)
        assert traffic.failed.total() == settled, (
            f"requests fail long after the failover: {traffic.numbers()}"
        )
    for service in services:
        await asyncio.to_thread(service.stop)
    kept = set(traffic.kept)
    rows = set(await _keys(second.url("postgres", "starter")))
    say(
        f"{durability}: promoted in {took:.1f} s, writing again {gap:.1f} s after the loss; {traffic.numbers()}"
    )
    say(f"{durability}: connections after the failover came {way.spread()}")
    say(f"{durability}: acknowledged {len(kept):,}, lost {len(kept - rows):,}")
    assert len(way.asked) < 2 or max(way.asked) - min(way.asked) > 0.1, (
        "all clients came back at the same moment"
    )
    if durability == "required":
        assert kept <= rows, f"{len(kept - rows)} acknowledged writes are lost"
    else:
        assert kept - rows, "the standby was away, so that something must be lost: the drill saw nothing"


async def _synchronous(server: Server, names: str) -> None:
    statements = (f"alter system set synchronous_standby_names = '{names}'", "select pg_reload_conf()")
    await execute(server.superuser_url, *statements)
    for _ in range(100 if names else 0):
        if await value(
            server.superuser_url, "select bool_or(sync_state = 'quorum') from pg_stat_replication"
        ):
            return
        await asyncio.sleep(0.1)
    assert not names, "the standby is not synchronous"


async def _part(first: Server, second: Server, *, waits: bool) -> None:
    """Part the standby from its primary. Unless a write always `waits`, do what CloudNativePG does for `preferred`: no write waits for a standby
    that is away."""
    await execute(second.superuser_url, "alter system set primary_conninfo = ''", "select pg_reload_conf()")
    await asyncio.sleep(1)
    if not waits:
        await _synchronous(first, "")


async def _keys(url: str) -> list[str]:
    return await value(url, "select coalesce(array_agg(id::text), '{}') from task") or []


class Way:
    """What the Service `…-rw` is in a cluster: an address that leads to the primary of the moment. `asked`: when clients came after a change."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[float] = []
        self._target: int | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._counts = False

    def cut(self) -> None:
        """Lead nowhere; connections end."""
        self._target = None
        self._counts = True
        for writer in self._open:
            writer.transport.abort()

    def lead_to(self, server: Server) -> None:
        """Lead to another server."""
        self._target = urlsplit(server.superuser_url).port

    def spread(self) -> str:
        """Return when clients came, as text."""
        if not self.asked:
            return "none"
        first = min(self.asked)
        times = sorted(asked - first for asked in self.asked)
        return f"over {times[-1]:.2f} s: {len(times)}, half of them within {times[len(times) // 2]:.2f} s"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if self._counts:
            self.asked.append(time.monotonic())
        if self._target is None:
            writer.transport.abort()
            return
        try:
            inner, outer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, outer}
        # A task that is cancelled at the end of the drill is no failure of it.
        await asyncio.gather(_pump(reader, outer), _pump(inner, writer), return_exceptions=True)
        self._open -= {writer, outer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


@asynccontextmanager
async def way_to(server: Server) -> AsyncIterator[Way]:
    """Open a way to a server."""
    way = Way()
    listener = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    way.port = listener.sockets[0].getsockname()[1]
    way.lead_to(server)
    try:
        yield way
    finally:
        way.cut()
        listener.close()
        await asyncio.sleep(0.2)  # connections end by themselves
