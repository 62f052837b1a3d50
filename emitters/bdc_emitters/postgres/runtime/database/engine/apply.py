"""Apply one step: a phase of an edge, or a file of the first form, as one transaction with its entry in the ledger, or statement
by statement with an entry each."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg

from database.engine.adoption import begin
from database.engine.catalog import read_catalog
from database.engine.checks import refuse_data
from database.engine.edge import PHASES, Edge
from database.engine.extensions import make_extensions
from database.engine.history import Step
from database.engine.ledger import Ledger, enter, record
from database.engine.migrations_folder import Migration, MigrationFile
from database.engine.operation_ledger import ensure_ledger
from database.engine.operations import Run, run_operations
from database.engine.patience import patiently
from database.engine.sealing import require_keys

LOCK_TIMEOUT = "2s"

_CONCURRENT = re.compile(
    r'create\s+(?:unique\s+)?index\s+concurrently\s+("[^"]+"|\w+)\s+on\s+(?:only\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)',
    re.IGNORECASE,
)
_VALID = """
select i.indisvalid, i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = to_regclass($1::text) and c.relname = (parse_ident($2::text))[1]
"""


async def apply_step(run: Run, step: Step, ledger: Ledger) -> None:
    """Do what the step says and enter it. MigrationError when the rows do not allow its migration, or an operation fails."""
    name, edge = step.migration.name, step.migration.edge
    if edge is None:
        assert step.file is not None  # nosec B101
        await _file(run.connection, step.file, ledger.statements_done(step.file), run.budget)
        run.note(f"applied {name}/{step.file.name}")
        return
    if edge.adoption is not None and edge.role is not None:
        await begin(run.connection, edge.adoption, edge.role, run.budget)
    async with acting(run.connection, edge):
        await ensure_ledger(run.connection)
        if step.phase == "expand" and not is_begun(step.migration, ledger):
            await refuse_data(run.connection, name, edge, run.budget)
            await require_keys(run.connection, edge)
        await run_operations(run, name, step.operations, ledger)
        catalog = await read_catalog(run.connection)
        await enter(run.connection, name, PHASES[step.phase], edge.checksum, catalog=catalog)


def is_begun(migration: Migration, ledger: Ledger) -> bool:
    """Whether anything of the migration has been done."""
    return migration.name in ledger.migrations or any(
        ledger.statements_done(file) for file in migration.files
    )


@asynccontextmanager
async def acting(connection: "asyncpg.Connection[asyncpg.Record]", edge: Edge) -> AsyncIterator[None]:
    """Be who the edge wants to be: what is made belongs to the owner."""
    if edge.role is not None:
        await connection.execute(
            await connection.fetchval("select format('set role %I', $1::text)", edge.role)
        )
    if edge.search_path is not None:
        await connection.execute("select set_config('search_path', $1, false)", edge.search_path)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("reset role; reset search_path")


async def _file(
    connection: "asyncpg.Connection[asyncpg.Record]", file: MigrationFile, done: int, budget: float
) -> None:
    """Apply `file`, from its statement number `done` on."""
    statements = file.statements
    if not statements:
        await patiently(partial(_transaction, connection, file), budget)
        return
    for number, statement in enumerate(statements[done:], done + 1):
        await patiently(partial(_alone, connection, statement), budget)
        await record(connection, file, number)
    await connection.execute("reset lock_timeout")
    await record(connection, file, catalog=await read_catalog(connection))


async def _transaction(connection: "asyncpg.Connection[asyncpg.Record]", file: MigrationFile) -> None:
    async with connection.transaction():
        await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        await make_extensions(connection, file.text)
        await connection.execute(file.text)
        await record(connection, file, catalog=await read_catalog(connection))


async def _alone(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> None:
    await connection.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
    if not await _is_built(connection, statement):
        await connection.execute(statement)


async def _is_built(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> bool:
    """Whether the statement builds an index beside others' work, and a run that was killed has finished it. What such a run
    has left half built, which PostgreSQL keeps as an invalid index, is dropped."""
    found = _CONCURRENT.search(statement)
    index = await connection.fetchrow(_VALID, found[2], found[1]) if found else None
    if index is not None and not index["indisvalid"]:
        await connection.execute(f"drop index concurrently {index['name']}")
    return index is not None and bool(index["indisvalid"])
