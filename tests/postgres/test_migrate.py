"""The runner: once, twice, two at a time, after a kill, and against files and schemas that somebody has touched."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import asyncpg
import pytest
from tests.postgres.conftest import RUNTIME
from tests.support.postgres import Database

from bdc.stack import start

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]


async def test_second_run_does_nothing(database: Database, folder: Path) -> None:
    from database.migrate import migrate, status

    done = await migrate(database.superuser_url, seed=True, folder=folder)
    assert done == ("applied 0001_initial/01_expand.sql", "installed api_0123456789ab")
    assert await migrate(database.superuser_url, seed=True, folder=folder) == ()
    assert await status(database.superuser_url, folder) == ("0001_initial: applied",)
    assert [row["count"] for row in await database.fetch('select count(*) from "order"')] == [1]


async def test_migrator_needs_no_superuser_once_the_roles_are_there(clinic: Database, folder: Path) -> None:
    from database.migrate import migrate

    add_migration(folder, "create table extra (id int primary key);")
    script = folder / "release" / "api.sql"
    script.write_text(script.read_text().replace("api_0123456789ab", "api_ffff"))
    done = await migrate(clinic.url("clinic_migrator"), folder=folder)
    assert done == ("applied 0002_next/01_expand.sql", "installed api_ffff")


async def test_first_run_needs_no_superuser_either(folder: Path) -> None:
    from database.migrate import migrate

    with start() as server:
        fresh = Database(server, "clinic")
        await Database(server, "postgres").execute("create role deployer login createrole")
        await Database(server, "postgres").execute("create database clinic owner deployer")
        await migrate(fresh.url("deployer"), seed=True, folder=folder)
        await fresh.execute("select app.migration_level()", user="clinic_runtime")


async def test_command_line(database: Database, folder: Path) -> None:
    url = folder.parent / "url"
    url.write_text(database.superuser_url + "\n")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "database.migrate", *arguments]
        environment = {**os.environ, "SECRET": "a long secret", "MIGRATION_DATABASE_URL_FILE": str(url)}
        return subprocess.run(
            command, cwd=folder.parent, env=environment, capture_output=True, text=True, check=False
        )

    shutil.copytree(RUNTIME / "database", folder, dirs_exist_ok=True)
    assert run("status").stdout == "0001_initial: pending\n"
    first = run("up", "--seed", "--runtime-password-env", "SECRET")
    assert first.stdout == "applied 0001_initial/01_expand.sql\ninstalled api_0123456789ab\n", first.stderr
    assert run("up").stdout == "up to date\n"
    (folder / "migrations" / "0001_initial" / "01_expand.sql").write_text("select 1;")
    refused = run("up")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("error: 0001_initial/01_expand.sql was edited")
    await database.execute("alter role clinic_runtime password null")


async def test_two_migrators_at_once_run_each_file_once(database: Database, folder: Path) -> None:
    from database.migrate import migrate

    runs = [migrate(database.superuser_url, folder=folder) for _ in range(3)]
    done = [line for lines in await asyncio.gather(*runs) for line in lines]
    assert sorted(done) == ["applied 0001_initial/01_expand.sql", "installed api_0123456789ab"]


async def test_killed_in_the_middle_of_a_transaction(database: Database, folder: Path) -> None:
    from database.migrate import migrate

    expand = folder / "migrations" / "0001_initial" / "01_expand.sql"
    whole = expand.read_text()
    rewrite(expand, whole.replace("-- References", "select pg_terminate_backend(pg_backend_pid());"))
    with pytest.raises((asyncpg.PostgresError, ConnectionError)):
        await migrate(database.superuser_url, folder=folder)
    assert await database.fetch("select from pg_class where relname = 'patient'") == []
    rewrite(expand, whole)
    assert "applied 0001_initial/01_expand.sql" in await migrate(database.superuser_url, folder=folder)


async def test_killed_between_statements_goes_on_with_the_next(clinic: Database, folder: Path) -> None:
    from database.migrate import migrate, status

    statements = [
        "-- transaction: none\ncreate table counted (n int)",
        "insert into counted values (1)",
        "select pg_terminate_backend(pg_backend_pid()) where not exists (select from pg_class where relname = 'ready')",
        "create index concurrently counted_n on counted (n)",
    ]
    add_migration(folder, "\n-- next\n".join(statements))
    with pytest.raises((asyncpg.PostgresError, ConnectionError)):
        await migrate(clinic.superuser_url, folder=folder)
    assert (await status(clinic.superuser_url, folder))[1] == "0002_next: begun"
    await clinic.execute("create table ready ()")
    await migrate(clinic.superuser_url, folder=folder)
    assert [row["n"] for row in await clinic.fetch("select n from counted")] == [1]
    assert len(await clinic.fetch("select from pg_class where relname = 'counted_n'")) == 1


async def test_applied_file_that_was_edited_is_refused(clinic: Database, folder: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    expand = folder / "migrations" / "0001_initial" / "01_expand.sql"
    expand.write_text(expand.read_text() + "-- a harmless remark\n")
    with pytest.raises(MigrationError, match=r"01_expand\.sql was edited after it was planned"):
        await migrate(clinic.superuser_url, folder=folder)
    rewrite(expand, expand.read_text())
    with pytest.raises(MigrationError, match=r"01_expand\.sql was edited after it was applied"):
        await migrate(clinic.superuser_url, folder=folder)


async def test_branch_is_refused(clinic: Database, folder: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate

    add_migration(folder, "create table extra ();")
    edge = folder / "migrations" / "0002_next" / "edge.json"
    edge.write_text(json.dumps(json.loads(edge.read_text()) | {"from": "elsewhere"}))
    with pytest.raises(MigrationError, match="does not follow"):
        await migrate(clinic.superuser_url, folder=folder)


async def test_drift_is_named_before_anything_is_touched(clinic: Database, folder: Path) -> None:
    from database.errors import MigrationError
    from database.migrate import migrate, status

    await clinic.execute(
        "alter table patient add column shoe_size int; drop policy patient_tenant on patient"
    )
    add_migration(folder, "create table extra ();")
    with pytest.raises(
        MigrationError, match=r"added column public\.patient\.shoe_size\s+removed policy public\.patient"
    ):
        await migrate(clinic.superuser_url, folder=folder)
    assert "changed outside the migrations: removed policy public.patient.patient_tenant" in await status(
        clinic.superuser_url, folder
    )
    assert await migrate(clinic.superuser_url, folder=folder, accept_drift=True) == (
        "applied 0002_next/01_expand.sql",
    )


async def test_old_releases_are_pruned(clinic: Database, folder: Path) -> None:
    from database.migrate import migrate, prune

    script = folder / "release" / "api.sql"
    script.write_text(script.read_text().replace("api_0123456789ab", "api_ffff"))
    assert await migrate(clinic.superuser_url, folder=folder) == ("installed api_ffff",)
    assert await prune(clinic.superuser_url, folder) == ("dropped api_0123456789ab",)
    assert [row["tick"] for row in await clinic.fetch("select api_ffff.tick()", user="clinic_runtime")] == [1]


async def test_password_reaches_the_server_as_a_verifier(clinic: Database, folder: Path) -> None:
    from database.engine.scram import scram_verifier
    from database.migrate import migrate

    await migrate(clinic.superuser_url, folder=folder, runtime_password="a long secret")
    stored = (await clinic.fetch("select rolpassword from pg_authid where rolname = 'clinic_runtime'"))[0][0]
    salt = b64decode(stored.split("$")[1].split(":")[1])
    assert stored == scram_verifier("a long secret", salt)
    assert stored != scram_verifier("another", salt)
    await clinic.execute("alter role clinic_runtime password null")


async def test_down_leaves_nothing_and_up_works_again(clinic: Database, folder: Path) -> None:
    from database.migrate import migrate

    connection = await asyncpg.connect(clinic.superuser_url)
    try:
        async with connection.transaction():
            await connection.execute((folder / "migrations" / "0001_initial" / "down.sql").read_text())
        left = await connection.fetch(
            "select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')"
            " union all select relname from pg_class where relnamespace = 'public'::regnamespace"
            " union all select proname from pg_proc where pronamespace = 'public'::regnamespace"
            " union all select defaclrole::regrole::text from pg_default_acl"
        )
        acl = await connection.fetchval("select nspacl::text from pg_namespace where nspname = 'public'")
    finally:
        await connection.close()
    assert left == []
    assert "clinic" not in acl
    assert "applied 0001_initial/01_expand.sql" in await migrate(clinic.superuser_url, folder=folder)


def add_migration(folder: Path, sql: str) -> None:
    """Put a second edge behind the first."""
    first = json.loads((folder / "migrations" / "0001_initial" / "edge.json").read_text())
    target = folder / "migrations" / "0002_next"
    target.mkdir()
    (target / "edge.json").write_text(json.dumps({"from": first["to"], "to": "next", "files": []}))
    (target / "01_expand.sql").touch()
    rewrite(target / "01_expand.sql", sql)


def rewrite(path: Path, sql: str) -> None:
    """Change a file and its checksum in the edge, as a planner would."""
    path.write_text(sql)
    edge_path = path.parent / "edge.json"
    edge = json.loads(edge_path.read_text())
    others = [entry for entry in edge["files"] if entry["path"] != path.name]
    checksum = hashlib.sha256(sql.encode()).hexdigest()
    edge["files"] = [*others, {"path": path.name, "sha256": checksum}]
    edge_path.write_text(json.dumps(edge))
