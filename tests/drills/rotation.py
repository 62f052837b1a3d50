"""Rotation under load: the key that tokens are signed with, the password of the service, and the key of encrypted fields."""

import asyncio
import base64
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.drills.stage import (
    STARTER,
    Issuer,
    Service,
    Traffic,
    built,
    execute,
    migrate,
    postgres,
    serve,
    value,
)

# The service looks for new keys at most every half a minute.
LEARN = 35.0
PRE_STOP = 2.0
_TASK = "  done_at: timestamp?\n"


async def rotation(folder: Path, say: Callable[[str], None]) -> None:
    """Each secret is exchanged while callers write and read; no request fails."""
    spec = Path(shutil.copytree(STARTER, folder / "spec"))
    text = (spec / "starter.bds").read_text(encoding="utf-8")
    assert _TASK in text
    (spec / "starter.bds").write_text(
        text.replace(_TASK, _TASK + "  secret: string(..60)? @encrypted\n"), encoding="utf-8"
    )
    out, issuer = built(spec, folder / "out"), Issuer(folder / "jwks.json")
    with postgres(folder / "database") as server:
        await execute(server.superuser_url, "create database starter")
        admin = server.url("postgres", "starter")
        migrate(out, admin, "up", "--all", "--seed")
        await execute(admin, "alter role starter_runtime password 'first'")
        _ask_for_passwords(folder / "database")
        await execute(admin, "select pg_reload_conf()")
        await issuer.know(admin)
        replicas = _Replicas(out, server.url("starter_runtime", "starter"), issuer, folder)
        traffic = Traffic(issuer.token, [])
        await replicas.roll(traffic)
        async with traffic.going_on():
            await _tokens(issuer, traffic, say)
            await _password(admin, replicas, traffic, say)
            await _encryption(admin, replicas, traffic, say)
        traffic.require_none_failed()
        replicas.current.stop()


class _Replicas:
    """One replica at a time; a new one is ready before the old one ends."""

    def __init__(self, out: Path, url: str, issuer: Issuer, folder: Path) -> None:
        self._out, self._url, self._issuer, self._folder = out, url, issuer, folder
        self._count = 0
        self.settings = {
            "DATABASE_PASSWORD": "first",
            "SECRETS_ENCRYPTION": f"key-1={_key(1)}",
            "TOKENS_JWKS_TTL": "1",
        }
        self.current: Service

    async def roll(self, traffic: Traffic, pause: float = 0.0) -> None:
        """Start a replica with the settings of now, serve from both for a while, and end the old one."""
        self._count += 1
        log = self._folder / f"replica-{self._count}.log"
        made = await asyncio.to_thread(serve, self._out, self._url, self._issuer, log, **self.settings)
        made.body = {"secret": "what only we may read"}
        old = traffic.targets
        traffic.targets = [*old, made]
        await asyncio.sleep(pause)
        traffic.targets = [made]
        self.current = made
        # As the manifests do (preStop): callers hear of it before it is asked to end.
        await asyncio.sleep(PRE_STOP if old else 0)
        for each in old:
            await asyncio.to_thread(each.stop)


def _key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()


def _ask_for_passwords(data: Path) -> None:
    """Let the server check the password of the service, which it does not for development."""
    hba = data.resolve() / "pg_hba.conf"
    rule = "host all starter_runtime 127.0.0.1/32 scram-sha-256\n"
    hba.write_text(rule + hba.read_text(encoding="utf-8"), encoding="utf-8")


async def _tokens(issuer: Issuer, traffic: Traffic, say: Callable[[str], None]) -> None:
    issuer.add()
    await asyncio.sleep(LEARN)
    issuer.signing = 1
    await asyncio.sleep(2)
    issuer.publish(issuer.keys[1:])
    await asyncio.sleep(LEARN)
    say(f"key of tokens: {traffic.numbers()}")
    traffic.require_none_failed()


async def _password(admin: str, replicas: _Replicas, traffic: Traffic, say: Callable[[str], None]) -> None:
    await execute(admin, "alter role starter_runtime password 'second'")
    replicas.settings["DATABASE_PASSWORD"] = "second"
    await replicas.roll(traffic, pause=2)
    say(f"password of the service: {traffic.numbers()}")
    traffic.require_none_failed()


async def _encryption(admin: str, replicas: _Replicas, traffic: Traffic, say: Callable[[str], None]) -> None:
    """First every replica learns the new key, then it encrypts: a replica cannot read what it has no key for."""
    for keys in (f"key-1={_key(1)},key-2={_key(2)}", f"key-2={_key(2)},key-1={_key(1)}"):
        replicas.settings["SECRETS_ENCRYPTION"] = keys
        await replicas.roll(traffic, pause=3)
    await asyncio.sleep(2)
    counts = [
        await value(admin, "select count(*) from task where secret like $1", f"%key-{each}%")
        for each in (1, 2)
    ]
    say(
        f"key of encrypted fields: {counts[0]:,} rows with the old one, {counts[1]:,} with the new one; {traffic.numbers()}"
    )
    assert all(counts), "both keys are in use"
    traffic.require_none_failed()
