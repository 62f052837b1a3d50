"""Extensions that a run makes: what the server lacks, or lets only a superuser make, is said before anything is changed."""

from pathlib import Path

import pytest
from tests.postgres.edges import operation, write_edge
from tests.support.postgres import Database

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
OWNER, LOGIN = "extended_owner", "extended_login"
ROLES = f"""
do $$ begin
  if not exists (select from pg_roles where rolname = '{OWNER}') then
    create role {OWNER} nologin; create role {LOGIN} login; grant {OWNER} to {LOGIN};
  end if;
  execute format('grant create on database %I to {OWNER}', current_database());
end $$;
grant create on schema public to {OWNER};
"""


def add(plain: Path, name: str, *extensions: str) -> None:
    table = operation(
        "01-table", f"create table made_{name} (id int)", undo=[f"drop table made_{name}"], group=1
    )
    made = (
        operation(f"{number:02}-{each}", f"create extension if not exists {each};", undo=[f"drop extension {each}"],
                  group=number)
        for number, each in enumerate(extensions, 2)
    )  # fmt: skip
    own = {"role": OWNER, "search_path": "public, pg_temp"}
    write_edge(plain / "migrations", name, "state-0001", [table, *made], **own)


async def made(database: Database) -> set[str]:
    found = await database.fetch(
        "select extname as name from pg_extension union select relname from pg_class where relname = 'made_0002'"
    )
    return {row["name"] for row in found} - {"plpgsql"}


async def prepared(database: Database, plain: Path, *extensions: str) -> None:
    """An owner that is no superuser, a role that may become the owner, and a migration that makes a table and extensions."""
    from database.migrate import migrate

    await database.execute(ROLES)
    await migrate(database.superuser_url, folder=plain)
    await database.execute(f"alter schema app owner to {OWNER}; alter table app.migration owner to {OWNER}")
    await database.execute(f"alter table app.migration_operation owner to {OWNER}")
    await database.execute(f"grant usage, create on schema public to {OWNER}")
    add(plain, "0002", *extensions)


async def test_what_only_a_superuser_makes_is_said_first(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import down, migrate, plan

    await prepared(database, plain, "citext", "vector")
    url = database.url(LOGIN)
    said = (
        "extension vector: only a superuser may make it; let one run: create extension if not exists vector;"
    )
    assert any(said in line for line in await plan(url, folder=plain))
    with pytest.raises(MigrationError, match=f"nothing was changed:\n  {said}"):
        await migrate(url, folder=plain)
    assert await made(database) == set()
    await database.execute("create extension vector")
    await migrate(url, folder=plain)
    assert await made(database) == {"citext", "vector", "made_0002"}
    assert "left to who made it: drop extension vector" in await down(url, folder=plain)
    assert await made(database) == {"vector"}


async def test_a_superuser_makes_what_the_owner_may_not(database: Database, plain: Path) -> None:
    from database.migrate import down, migrate

    await prepared(database, plain, "vector")
    await migrate(database.superuser_url, folder=plain)
    assert await made(database) == {"vector", "made_0002"}
    await down(database.superuser_url, folder=plain)
    assert await made(database) == set()


def drop(plain: Path, name: str, source: str, extension: str) -> None:
    gone = operation(
        "01-gone", f"drop extension {extension};", undo=[f"create extension {extension};"], phase="contract"
    )
    own = {"role": OWNER, "search_path": "public, pg_temp"}
    write_edge(plain / "migrations", name, source, [gone], **own)


async def test_an_extension_goes_that_another_role_has_made(database: Database, plain: Path) -> None:
    """One that PostgreSQL trusts the owner with may have been made before by a superuser."""
    from database.migrate import migrate

    await prepared(database, plain, "citext")
    await database.execute("create extension citext")
    await migrate(database.superuser_url, folder=plain)
    drop(plain, "0003", "state-0002", "citext")
    await migrate(database.superuser_url, folder=plain, extent="all")
    assert await made(database) == {"made_0002"}


async def test_an_extension_stays_that_only_its_maker_may_drop(database: Database, plain: Path) -> None:
    from database.migrate import migrate

    await prepared(database, plain, "citext")
    await database.execute("create extension citext")
    await migrate(database.url(LOGIN), folder=plain)
    drop(plain, "0003", "state-0002", "citext")
    await migrate(database.url(LOGIN), folder=plain, extent="all")
    assert await made(database) == {"citext", "made_0002"}


async def test_what_the_server_lacks_is_said_first(database: Database, plain: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    await prepared(database, plain, "postgis", "citext")
    with pytest.raises(MigrationError, match="extension postgis: this server does not have it"):
        await migrate(database.superuser_url, folder=plain)
    assert await made(database) == set()


async def test_only_statements_count(plain: Path) -> None:
    from database.engine.extensions import _created

    text = """-- create extension one;
/* create extension two; */ select 'create extension three';
create extension if not exists "four-x" with schema public; CREATE EXTENSION five;
  create extension six
"""
    assert [found[2] for found in _created(text)] == ['"four-x"', "five", "six"]
