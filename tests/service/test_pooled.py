"""The service behind poolers in transaction mode: one that gives named statements to other sessions (as PgBouncer before 1.21), and
PgBouncer itself where it is installed. Each hands the sessions of the server out anew for every transaction."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.pooler import pooler
from tests.support.postgres import Database

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
STATEMENTS = [f"select $1::int + {number}, current_setting('statement_timeout')" for number in range(12)]


@asynccontextmanager
async def small(database: Database, folder: Path) -> AsyncIterator[int]:
    async with pooler("127.0.0.1", database.server.port) as port:
        yield port


@asynccontextmanager
async def pgbouncer(database: Database, folder: Path) -> AsyncIterator[int]:
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("not run: pgbouncer is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "users").write_text('"poolee" ""\n', encoding="utf-8")
    settings = (
        f"[databases]\n{database.name} = host=127.0.0.1 port={database.server.port} user=poolee\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\nauth_file = {folder}/users\n"
        "pool_mode = transaction\ndefault_pool_size = 8\n"
    )
    (folder / "pgbouncer.ini").write_text(settings, encoding="utf-8")
    as_user = ("-u", "nobody") if os.geteuid() == 0 else ()
    for path in (folder, *folder.parents[:3]):
        path.chmod(0o755)
    process = await asyncio.create_subprocess_exec(program, "-q", *as_user, str(folder / "pgbouncer.ini"))
    try:
        await asyncio.sleep(0.5)
        yield port
    finally:
        process.terminate()
        await process.wait()


POOLERS = {"small": small, "pgbouncer": pgbouncer}


@asynccontextmanager
async def served(kind: str, database: Database, folder: Path, role_settings: str) -> AsyncIterator[Any]:
    """Give the service's database, behind a pooler, as a role with these settings."""
    from services.data.engine.database import Database as Service
    from services.engine.config import DatabaseSettings

    await database.execute(f"drop role if exists poolee; create role poolee login; {role_settings}")
    try:
        async with POOLERS[kind](database, folder) as port:
            url = database.url("poolee").replace(f":{database.server.port}", f":{port}")
            service = Service(DatabaseSettings(url=url, pool_size=6, pooler=True, statement_timeout=0.5))
            await service.open()
            yield service
            await service.close(1)
    finally:
        await database.execute("drop role poolee")


@pytest.mark.parametrize("kind", POOLERS)
async def test_statements_and_settings_hold_behind_a_pooler(
    kind: str, database: Database, tmp_path: Path
) -> None:
    from services.problems import Problem

    async with served(kind, database, tmp_path, "") as service:
        assert service.pool.examined and "statement_timeout" in service.pool.local
        calls = [service.fetchrow(sql, number) for number in range(10) for sql in STATEMENTS]
        rows = await asyncio.gather(*calls)
        assert {row[1] for row in rows} == {"500ms"}
        assert [row[0] for row in rows[:12]] == list(range(12))
        with pytest.raises(Problem, match="too long"):
            await service.fetchval("select pg_sleep(3)")
        async with service.transaction() as connection:
            assert await connection.fetchval("show statement_timeout") == "500ms"


async def test_a_role_that_has_its_settings_costs_nothing(database: Database, tmp_path: Path) -> None:
    settings = "".join(
        f"alter role poolee set {setting};"
        for setting in ("statement_timeout = '500ms'", "timezone = 'UTC'", "intervalstyle = 'iso_8601'")
    )
    async with served("small", database, tmp_path, settings) as service:
        assert service.pool.local == ""
        assert await service.fetchval("show statement_timeout") == "500ms"
        assert not service.pool.named, "this pooler gives a named statement to another session"
