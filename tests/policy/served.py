"""A specification as it runs on a database of its own, for callers named by their seed rows."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bdc.stack import Server
from bdc.stack.backend import free_port, migrate, serve
from bdc.stack.keys import DevelopmentKeys, development_keys
from bdc.stack.up import ISSUER, UpOptions, service_settings, up_state
from bdc.stack.workspace import UpState
from tests.support.emitted import build, compiled


@dataclass(frozen=True)
class Served:
    """`client` gives a caller by the name of its seed row, `rows` what SQL finds as the owner of the database."""

    url: str
    admin_url: str
    state: UpState
    keys: DevelopmentKeys

    def client(self, actor: str, *roles: str) -> httpx.Client:
        claims = {**self.state.actors[actor], "roles": list(roles)}
        token = self.keys.mint(claims, issuer=ISSUER, audience=self.state.audience, lifetime=900)
        return httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {token}"}, timeout=20)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return asyncio.run(_fetch(self.admin_url, sql))


@contextmanager
def served(spec: Path, folder: Path, server: Server, name: str) -> Iterator[Served]:
    """Build, migrate, seed and serve the specification in `spec`, in a database called `name`."""
    out = build(spec, folder / name)
    asyncio.run(_fetch(server.superuser_url, f'create database "{name}"'))
    keys = development_keys(folder / "keys")
    system = compiled(spec)[1]
    options = UpOptions(
        port=free_port(), database=server.url("postgres", name), environment=(("LIMITS_RATE", "0"),)
    )
    settings = service_settings(system, server.url("postgres", name), keys, options)
    migrate(out, settings, seed=True)
    with serve(out, settings, folder / f"{name}.log") as backend:
        yield Served(backend.url, settings.admin_url, up_state(system, backend.url, keys), keys)


async def _fetch(url: str, sql: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()
