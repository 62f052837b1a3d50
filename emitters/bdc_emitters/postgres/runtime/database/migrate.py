"""Bring a database to the state that this release needs.

    python -m database.migrate up [--database URL] [--seed] [--runtime-password-env NAME] [--accept-drift]
    python -m database.migrate status [--database URL]
    python -m database.migrate prune [--database URL]

The URL (or MIGRATION_DATABASE_URL, or the file that MIGRATION_DATABASE_URL_FILE names) is that of a role which is a member of the owner, on a direct connection, not through a
pooler: an advisory lock lets one run at a time, and it belongs to the connection. Making the roles, the first time, takes
CREATEROLE or a superuser. Run again after a crash, it goes on where it stopped.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from database.apply import apply_file
from database.catalog import changed_since, read_catalog
from database.ledger import Ledger, read_ledger
from database.migrations_folder import Migration, MigrationError, read_migrations
from database.release_functions import drop_other_releases, install_release
from database.scram import scram_verifier

HERE = Path(__file__).parent
Report = Callable[[str], None]

# Any number that nobody else uses: the name of this program.
_LOCK = "select pg_advisory_lock(hashtextextended('database.migrate', 0))"
_TRY_LOCK = "select pg_try_advisory_lock(hashtextextended('database.migrate', 0))"


async def migrate(
    url: str,
    *,
    seed: bool = False,
    folder: Path = HERE,
    accept_drift: bool = False,
    runtime_password: str | None = None,
    report: Report = lambda line: None,
) -> tuple[str, ...]:
    """Apply what is pending, install the functions of the release, load the seeds if asked; return what was done.

    A second call does nothing. MigrationError: a file was edited after it was applied, or the database was changed by
    other means; nothing has been touched then.
    """
    migrations = read_migrations(folder / "migrations")
    done: list[str] = []

    def note(line: str) -> None:
        done.append(line)
        report(line)

    async with _connected(url) as connection:
        await _lock(connection, report)
        await _apply_pending(connection, migrations, accept_drift, note)
        installed = await install_release(connection, folder / "release" / "api.sql")
        if installed is not None:
            note(f"installed {installed}")
        if seed:
            await _seed(connection, folder / "seeds")
        if runtime_password is not None:
            await _set_password(connection, runtime_password)
    return tuple(done)


async def status(url: str, folder: Path = HERE) -> tuple[str, ...]:
    """Return one line per migration, and one per object that no migration has made so."""
    migrations = read_migrations(folder / "migrations")
    async with _connected(url) as connection:
        ledger = await read_ledger(connection)
        lines = [f"{migration.name}: {_state(migration, ledger)}" for migration in migrations]
        drift = changed_since(ledger.catalog, await read_catalog(connection)) if ledger.catalog else ()
    return (*lines, *(f"changed outside the migrations: {line}" for line in drift))


async def prune(url: str, folder: Path = HERE) -> tuple[str, ...]:
    """Drop the functions of all releases but this one: nobody may be running those any more."""
    async with _connected(url) as connection:
        await _lock(connection, lambda line: None)
        dropped = await drop_other_releases(connection, folder / "release" / "api.sql")
    return tuple(f"dropped {name}" for name in dropped)


async def _apply_pending(
    connection: "asyncpg.Connection[asyncpg.Record]",
    migrations: tuple[Migration, ...],
    accept_drift: bool,
    note: Report,
) -> None:
    ledger = await read_ledger(connection)
    ledger.refuse_edited(migrations)
    pending = [file for migration in migrations for file in migration.files if not ledger.has(file)]
    begun = any(ledger.statements_done(file) for file in pending)  # what it has done is no drift
    if pending and ledger.catalog and not begun and not accept_drift:
        _refuse_drift(changed_since(ledger.catalog, await read_catalog(connection)))
    for file in pending:
        await apply_file(connection, file, ledger.statements_done(file))
        note(f"applied {file.migration}/{file.name}")


def _refuse_drift(changes: tuple[str, ...]) -> None:
    if changes:
        listed = "".join(f"\n  {change}" for change in changes)
        raise MigrationError(
            f"the database was changed outside the migrations:{listed}\nundo that, or go on with --accept-drift"
        )


def _state(migration: Migration, ledger: Ledger) -> str:
    if all(ledger.has(file) for file in migration.files):
        return "applied"
    return (
        "begun"
        if any(ledger.has(file) or ledger.statements_done(file) for file in migration.files)
        else "pending"
    )


async def _seed(connection: "asyncpg.Connection[asyncpg.Record]", folder: Path) -> None:
    for path in sorted(folder.glob("*.sql")):
        async with connection.transaction():
            await connection.execute(path.read_text(encoding="utf-8"))


async def _set_password(connection: "asyncpg.Connection[asyncpg.Record]", password: str) -> None:
    """Only the verifier is sent: no log of the server can hold the password."""
    owner = await connection.fetchval(
        "select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'app'"
    )
    role = str(owner).removesuffix("_owner") + "_runtime"
    statement = await connection.fetchval(
        "select format('alter role %I password %L', $1::text, $2::text)", role, scram_verifier(password)
    )
    await connection.execute(statement)


@asynccontextmanager
async def _connected(url: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(url, server_settings={"application_name": "database.migrate"})
    try:
        yield connection
    finally:
        await connection.close()


async def _lock(connection: "asyncpg.Connection[asyncpg.Record]", report: Report) -> None:
    """Be the only one until the connection is closed."""
    if not await connection.fetchval(_TRY_LOCK):
        report("waiting for another migration to end")
        await connection.execute(_LOCK)


def _url_of_environment() -> str | None:
    file = os.environ.get("MIGRATION_DATABASE_URL_FILE")
    return (
        Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get("MIGRATION_DATABASE_URL")
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m database.migrate", description="Bring a database up to date."
    )
    parser.add_argument("command", choices=("up", "status", "prune"))
    parser.add_argument("--database", default=_url_of_environment(), metavar="URL")
    parser.add_argument(
        "--seed", action="store_true", help="load database/seeds/ (rows that exist are left alone)"
    )
    parser.add_argument(
        "--runtime-password-env", metavar="NAME", help="variable with the password of the runtime role"
    )
    parser.add_argument(
        "--accept-drift", action="store_true", help="go on although somebody changed the schema by hand"
    )
    arguments = parser.parse_args()
    if not arguments.database:
        parser.error("give --database URL or set MIGRATION_DATABASE_URL")
    return arguments


async def _run(arguments: argparse.Namespace) -> None:
    match arguments.command:
        case "status":
            lines = await status(arguments.database)
        case "prune":
            lines = await prune(arguments.database)
        case _:
            name = arguments.runtime_password_env
            lines = await migrate(
                arguments.database,
                seed=arguments.seed,
                accept_drift=arguments.accept_drift,
                runtime_password=os.environ[name] if name else None,
            )
    print("\n".join(lines) or "up to date")


def main() -> None:
    try:
        asyncio.run(_run(_arguments()))
    except (MigrationError, asyncpg.PostgresError, OSError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
