"""A live database as a side: only the database is compared, and what the running system adds to it is no difference."""

import asyncio
import json
from pathlib import Path

import asyncpg
import pytest

from bdc.cli import exits
from tests.comparison.conftest import Bdc, edit
from tests.support.postgres import Databases

pytestmark = pytest.mark.postgres


def run(url: str, sql: str) -> None:
    async def go() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    asyncio.run(go())


def operations(bdc: Bdc, *sides: object) -> list[str]:
    done = bdc("diff", *sides, "--format", "json")
    assert done.exit_code == exits.OK, done.output
    return [each["title"] for each in json.loads(done.stdout)["operations"]]


def test_a_live_database_is_compared(bdc: Bdc, small: Path, databases: Databases) -> None:
    """A migrated one is what its specification asks for, beside releases; a column by hand is drift, both ways."""
    assert bdc("build", small, "--out", "build/small", "--target", "postgres").exit_code == exits.OK
    url = databases.fresh().superuser_url
    run(url, Path("build/small/database/migrations/0001_initial/01_expand.sql").read_text())
    run(url, "reset role; create schema api_0123456789ab; create table api_0123456789ab.beside (id int);")
    assert operations(bdc, f"db:{url}", small) == []
    assert operations(bdc, small, f"db:{url}") == []
    run(url, "alter table person add column nick text;")
    assert any("nick" in title for title in operations(bdc, small, f"db:{url}"))
    edit(small / "small.bds", "done_at: timestamp?", "done_at: timestamp?\n  hint: string(..20)?")
    run(url, "alter table person drop column nick;")
    assert any("hint" in title for title in operations(bdc, f"db:{url}", small))


def test_an_extension_is_made_by_who_may(bdc: Bdc, small: Path, databases: Databases) -> None:
    """Not every owner may make one, so it is there before the owner asks for it."""
    with (small / "small.bds").open("a", encoding="utf-8") as file:
        file.write('\nsql """\n  create extension if not exists vector;\n"""\n')
    assert bdc("build", small, "--out", "build/small", "--target", "postgres").exit_code == exits.OK
    url = databases.fresh().superuser_url
    run(url, "create extension vector;")
    run(url, Path("build/small/database/migrations/0001_initial/01_expand.sql").read_text())
    assert operations(bdc, f"db:{url}", small) == []
