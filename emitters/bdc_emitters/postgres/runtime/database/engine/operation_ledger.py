"""The entries of operations in `app.migration_operation`, and the two tables where a database does not have them yet."""

import json

import asyncpg

from database.engine.edge import Operation

_FILES = """
create table app.migration (
  number bigint generated always as identity,
  migration text not null,
  file text not null,
  checksum text not null,
  statement integer not null default 0,
  at timestamptz not null default now(),
  applied_by text not null default session_user,
  catalog jsonb,
  primary key (migration, file, statement)
)
"""
_OPERATIONS = """
create table app.migration_operation (
  edge text not null,
  operation text not null,
  state text not null check (state in ('started', 'finished', 'undone')),
  checksum text not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  applied_by text not null default session_user,
  last_key jsonb,
  rows_done bigint not null default 0,
  error text,
  primary key (edge, operation)
)
"""
_OWNED = "select format('alter table %s owner to %I', $1::text, pg_get_userbyid(nspowner)) from pg_namespace where nspname = 'app'"
_ENTER = """
insert into app.migration_operation (edge, operation, checksum, state, finished_at)
values ($1, $2, $3, $4, case when $4 = 'finished' then clock_timestamp() end)
on conflict (edge, operation) do update set state = excluded.state, checksum = excluded.checksum, error = null,
  finished_at = excluded.finished_at, last_key = null, rows_done = 0,
  started_at = case when migration_operation.state = 'undone' then clock_timestamp() else migration_operation.started_at end
"""
_MOVE = "update app.migration_operation set {} where edge = $1 and operation = $2"


async def ensure_ledger(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make the tables that are missing, for the owner of their schema alone to look into."""
    if await connection.fetchval("select to_regnamespace('app')") is None:
        await connection.execute("create schema app")
    for name, statement in (("app.migration", _FILES), ("app.migration_operation", _OPERATIONS)):
        if await connection.fetchval("select to_regclass($1)", name) is None:
            async with connection.transaction():
                await connection.execute(statement)
                await connection.execute(f"alter table {name} enable row level security")
                await connection.execute(await connection.fetchval(_OWNED, name))


async def start(
    connection: "asyncpg.Connection[asyncpg.Record]", migration: str, operation: Operation
) -> None:
    """Say that an operation is about to be done, before it is."""
    await connection.execute(_ENTER, migration, operation.id, operation.checksum, "started")


async def finish(
    connection: "asyncpg.Connection[asyncpg.Record]", migration: str, operation: Operation
) -> None:
    """Say that it is done: in the transaction that does it, or after what has none."""
    moved = await connection.execute(
        _MOVE.format("state = 'finished', finished_at = clock_timestamp(), error = null")
        + " and state = 'started'",
        migration,
        operation.id,
    )
    if moved != "UPDATE 1":
        await connection.execute(_ENTER, migration, operation.id, operation.checksum, "finished")


async def undone(
    connection: "asyncpg.Connection[asyncpg.Record]", migration: str, operation: Operation
) -> None:
    """Say that an operation has been taken back."""
    await connection.execute(_MOVE.format("state = 'undone'"), migration, operation.id)


async def failed(
    connection: "asyncpg.Connection[asyncpg.Record]", migration: str, operation: Operation, error: str
) -> None:
    """Keep the words of a failure for whoever looks at the ledger."""
    await connection.execute(_MOVE.format("error = $3"), migration, operation.id, error)


async def advance(
    connection: "asyncpg.Connection[asyncpg.Record]",
    migration: str,
    operation: Operation,
    last_key: tuple[str, ...] | None,
    rows: int,
) -> None:
    """Say how far a backfill is (None: it begins again), in the transaction of its batch."""
    key = json.dumps(last_key) if last_key is not None else None
    moved = _MOVE.format("last_key = $3::jsonb, rows_done = rows_done + $4")
    await connection.execute(moved, migration, operation.id, key, rows)
