"""Bring a database to the state that this release needs, or back. On the command line: `python -m database.migrate --help`.

Read: `history` (what is to be done), `operations` and `batches` (how), `ledger` (what has been done).
"""

from pathlib import Path

import asyncpg

from database.engine.adoption import with_adoption
from database.engine.apply import apply_step, is_begun
from database.engine.baseline import mark
from database.engine.catalog import changed_since, read_catalog
from database.engine.checks import check_data, described
from database.engine.connection import Report, alone, connected
from database.engine.down import take_back
from database.engine.edge import PHASES
from database.engine.errors import MigrationError
from database.engine.estimates import estimates, total
from database.engine.forecast import forecast
from database.engine.history import Step, refuse_misfit, steps
from database.engine.ledger import Ledger, read_ledger
from database.engine.migrations_folder import Migration, not_proven, read_migrations
from database.engine.operations import Run
from database.engine.patience import BUDGET
from database.engine.preflight import preparations, refuse_unprepared
from database.engine.progress import Progress
from database.engine.release_functions import drop_other_releases, install_release
from database.engine.scram import scram_verifier
from database.engine.sealed_seeds import read_seed
from database.engine.sight import put_back

HERE = Path(__file__).parent.parent
_WORTH_SAYING = 60.0  # seconds of backfills


def _silent(line: str) -> None:
    """Tell nobody."""


class _Notes:
    """What was done, told at once and kept."""

    def __init__(self, report: Report) -> None:
        self.lines: list[str] = []
        self._report = report

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._report(line)


async def migrate(
    url: str,
    *,
    extent: str = "up",
    seed: bool = False,
    folder: Path = HERE,
    accept_drift: bool = False,
    runtime_password: str | None = None,
    report: Report = _silent,
    budget: float = BUDGET,
) -> tuple[str, ...]:
    """Apply what is pending, install the functions of the release, load the seeds if asked; return what was done.

    `extent`: see `history.EXTENTS`. A second call does nothing. MigrationError: a file was edited, the database is not at a
    state of this history or was changed by other means, or its rows do not allow a migration; nothing has been touched then.
    """
    migrations = read_migrations(folder / "migrations")
    note = _Notes(report)
    async with alone(url, report) as connection:
        ledger = await read_ledger(connection)
        migrations = await with_adoption(connection, folder, migrations, ledger)
        refuse_misfit(migrations, ledger)
        wanted = steps(migrations, ledger, extent)
        await put_back(connection, budget)
        await refuse_unprepared(connection, wanted, ledger)
        if not accept_drift:
            await _refuse_drift(connection, wanted, ledger)
        run = Run(connection, note, Progress(), budget)
        for step in wanted:
            await apply_step(run, step, ledger)
        installed = await install_release(connection, folder / "release" / "api.sql")
        if installed is not None:
            note(f"installed {installed}")
        if seed:
            await _seed(connection, folder / "seeds")
        if runtime_password is not None:
            await _set_password(connection, runtime_password)
    return tuple(note.lines)


async def down(
    url: str,
    *,
    folder: Path = HERE,
    accept_loss: bool = False,
    report: Report = _silent,
    budget: float = BUDGET,
) -> tuple[str, ...]:
    """Take back the last migration, as far as it is applied; return what was done. MigrationError when part of it cannot be
    taken back; nothing has been touched then."""
    migrations = read_migrations(folder / "migrations")
    note = _Notes(report)
    async with alone(url, report) as connection:
        ledger = await read_ledger(connection)
        migrations = await with_adoption(connection, folder, migrations, ledger)
        run = Run(connection, note, Progress(), budget)
        await take_back(run, migrations, ledger, accept_loss)
    return tuple(note.lines)


async def status(url: str, folder: Path = HERE) -> tuple[str, ...]:
    """Return one line per migration, and one per object that no migration has made so."""
    migrations = read_migrations(folder / "migrations")
    async with connected(url) as connection:
        ledger = await read_ledger(connection)
        migrations = await with_adoption(connection, folder, migrations, ledger)
        lines = [
            f"{migration.name}: {_state(migration, ledger)}"
            f"{_proof(folder / 'migrations' / migration.name)}{await _cost(connection, migration, ledger)}"
            for migration in migrations
        ]
        drift = changed_since(ledger.catalog, await read_catalog(connection)) if ledger.catalog else ()
    return (*lines, *(f"changed outside the migrations: {line}" for line in drift))


async def plan(url: str, *, extent: str = "up", folder: Path = HERE) -> tuple[str, ...]:
    """Return what `migrate` would do, with what it locks and scans, and what the rows say to it. Nothing is changed."""
    migrations = read_migrations(folder / "migrations")
    async with connected(url) as connection:
        ledger = await read_ledger(connection)
        migrations = await with_adoption(connection, folder, migrations, ledger)
        refuse_misfit(migrations, ledger)
        wanted = steps(migrations, ledger, extent)
        costs = await estimates(connection, wanted, ledger)
        lines = [*(await preparations(connection, wanted, ledger)), *forecast(wanted, ledger, costs)]
        edge = wanted[0].migration.edge if wanted and not is_begun(wanted[0].migration, ledger) else None
        try:
            found = await check_data(connection, edge) if edge else ()
        except asyncpg.InsufficientPrivilegeError:
            return (*lines, "this role does not see all rows: `up` counts those that stand in the way first")
    refused = [described(check, rows) for check, rows in found]
    return (*lines, *(["the rows do not allow it:", *refused] if refused else []))


async def baseline(url: str, wanted: str | None = None, folder: Path = HERE) -> tuple[str, ...]:
    """Say that an existing database is at a state of the history: all migrations up to `wanted` count as applied."""
    migrations = read_migrations(folder / "migrations")
    async with alone(url, _silent) as connection:
        marked = await mark(connection, migrations, await read_ledger(connection), wanted)
    return (f"at {marked}",)


async def prune(url: str, folder: Path = HERE) -> tuple[str, ...]:
    """Drop the functions of all releases but this one: nobody may be running those any more."""
    async with alone(url, _silent) as connection:
        dropped = await drop_other_releases(connection, folder / "release" / "api.sql")
    return tuple(f"dropped {name}" for name in dropped)


async def _refuse_drift(
    connection: "asyncpg.Connection[asyncpg.Record]", wanted: tuple[Step, ...], ledger: Ledger
) -> None:
    """MigrationError when the schema is not as the last migration left it. What a half-done step has changed is no drift."""
    if not wanted or not ledger.catalog or _is_half_done(wanted[0], ledger):
        return
    changes = changed_since(ledger.catalog, await read_catalog(connection))
    if changes:
        listed = "".join(f"\n  {change}" for change in changes)
        raise MigrationError(
            f"the database was changed outside the migrations:{listed}\nundo that, or continue with --accept-drift"
        )


async def _cost(
    connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration, ledger: Ledger
) -> str:
    """Return what the backfills of a migration that is pending will cost, as the end of a line; nothing where that is over soon."""
    if ledger.has_entry(migration.name, PHASES["backfill"]):
        return ""
    costs = await estimates(connection, [Step(migration, "backfill")], ledger)
    return (
        f", {total(costs.values())}" if sum(cost.seconds for cost in costs.values()) >= _WORTH_SAYING else ""
    )


def _is_half_done(step: Step, ledger: Ledger) -> bool:
    if step.file is not None:
        return ledger.statements_done(step.file) > 0
    return any(ledger.begun(step.migration.name, operation) for operation in step.operations)


def _state(migration: Migration, ledger: Ledger) -> str:
    entries = migration.entries
    done = [file for file in entries if ledger.has_entry(migration.name, file)]
    if len(done) == len(entries):
        return "applied"
    if PHASES["backfill"] in done and migration.edge is not None:
        return "expanded, its contract is pending"
    return "begun" if is_begun(migration, ledger) else "pending"


def _proof(folder: Path) -> str:
    reason = not_proven(folder)
    return f" (not proven: {reason})" if reason else ""


async def _seed(connection: "asyncpg.Connection[asyncpg.Record]", folder: Path) -> None:
    for path in sorted(folder.glob("*.sql")):
        async with connection.transaction():
            await connection.execute(read_seed(path))


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
