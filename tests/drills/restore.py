"""Restore: 10,000 acknowledged writes, a table dropped by mistake, and the way back to the second before it from base backup and archive."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from bdc.stack.cluster import own
from bdc.stack.reach import system_user
from bdc.stack.server import Server, start
from tests.drills.stage import STARTER, Issuer, Traffic, built, execute, migrate, postgres, serve, value
from tests.drills.standbys import base_backup

WRITES = 10_000
# What a deploy would say as `rpo`: a segment is archived at the latest after so many seconds.
RPO = 5


async def restore(folder: Path, say: Callable[[str], None]) -> None:
    """Acknowledged rows = restored rows; the time without service and what would have been lost are told."""
    out, archive, backup = built(STARTER, folder / "out"), folder / "archive", folder / "backup"
    archive.mkdir()
    archive.chmod(0o777)
    command = f"test ! -f {archive}/%f && cp %p {archive}/%f"
    issuer = Issuer(folder / "jwks.json")
    with postgres(
        folder / "database",
        archive_mode="on",
        archive_timeout=f"{RPO}s",
        archive_command=command,
        wal_level="replica",
    ) as server:
        await execute(server.superuser_url, "create database starter")
        admin = server.url("postgres", "starter")
        migrate(out, admin, "up", "--all", "--seed")
        await issuer.know(admin)
        await asyncio.to_thread(base_backup, server, folder / "database", backup, "--wal-method=none")
        say("base backup taken")
        service = serve(out, server.url("starter_runtime", "starter"), issuer, folder / "service.log")
        traffic = Traffic(issuer.token, [service])
        await traffic.until(WRITES, callers=12)
        traffic.require_none_failed()
        say(f"written: {traffic.numbers()}")
        moment = await value(admin, "select clock_timestamp()::text")
        await asyncio.sleep(1.1)
        began = time.monotonic()
        await execute(admin, "drop table task cascade")
        broken = await value(admin, "select to_regclass('public.task') is null")
        assert broken, "the table is gone"
        lost = await _archived(admin)
        service.stop()
    say(f"table dropped; the change was in the archive after {lost:.1f} s (declared: {RPO} s)")
    recovered = await asyncio.to_thread(_recover, backup, archive, moment)
    try:
        url = recovered.url("postgres", "starter")
        rows = set(await _keys(url))
        assert set(traffic.kept) <= rows, f"{len(set(traffic.kept) - rows)} acknowledged rows are lost"
        assert len(rows) == len(traffic.kept), "no row that was not acknowledged"
        migrate(out, url, "up")
        again = serve(out, recovered.url("starter_runtime", "starter"), issuer, folder / "again.log")
        reading = Traffic(issuer.token, [again])
        await reading.until(50)
        reading.require_none_failed()
        say(
            f"acknowledged {len(traffic.kept):,} = restored {len(rows):,} rows; served again after {time.monotonic() - began:.1f} s (RTO)"
        )
        say(f"RPO: at most {lost:.1f} s of writes are not yet in the archive")
        again.stop()
    finally:
        recovered.stop()


async def _archived(url: str) -> float:
    """Wait until what is written now is in the archive; return how long that took."""
    began = time.monotonic()
    segment = await value(url, "select pg_walfile_name(pg_current_wal_lsn())")
    while (await value(url, "select last_archived_wal from pg_stat_archiver") or "") < segment:
        if time.monotonic() - began > 10 * RPO:
            raise AssertionError("the segment was not archived")
        await asyncio.sleep(0.2)
    return time.monotonic() - began


def _recover(backup: Path, archive: Path, moment: str) -> Server:
    """Start a second server from the base backup, and let it replay the archive up to the moment."""
    settings = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": moment,
        "recovery_target_action": "promote",
        "archive_mode": "off",
    }
    with (backup / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{text}'\n" for name, text in settings.items())
    (backup / "recovery.signal").touch()
    shutil.rmtree(backup / "pg_wal", ignore_errors=True)
    (backup / "pg_wal").mkdir(mode=0o700)
    own(backup, system_user(archive.parent / "database"))
    server = start(backup, durable=True)
    for _ in range(600):
        if not asyncio.run(value(server.superuser_url, "select pg_is_in_recovery()")):
            return server
        time.sleep(0.1)
    raise AssertionError(f"still in recovery: {server.log[-2000:]}")


async def _keys(url: str) -> list[str]:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return [str(row["id"]) for row in await connection.fetch("select id from task")]
    finally:
        await connection.close()
