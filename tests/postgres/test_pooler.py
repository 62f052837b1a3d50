"""Through a transaction pooler neither the lock nor a setting would hold: the runner notices, whether or not anybody else is there."""

from pathlib import Path

import asyncpg
import pytest
from tests.support.pooler import pooler
from tests.support.postgres import Database

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]


async def test_pooler_is_refused_before_anything_is_done(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await database.execute("create role deployer login superuser")
    try:
        async with pooler("127.0.0.1", database.server.port) as port:
            url = database.url("deployer").replace(f":{database.server.port}", f":{port}")
            through = await asyncpg.connect(url, statement_cache_size=0)
            assert await through.fetchval("select 1") == 1
            await through.close()
            with pytest.raises(MigrationError, match="this URL is that of a transaction pooler"):
                await migrate(url, folder=plain)
        assert await database.fetch("select from pg_namespace where nspname = 'app'") == []
        assert "applied 0001/01-table" in await migrate(database.url("deployer"), folder=plain)
    finally:
        await database.execute("drop owned by deployer cascade; drop role deployer")
