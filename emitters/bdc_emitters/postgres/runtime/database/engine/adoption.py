"""A database in use becomes that of this backend: roles, schema `app` and the ledger are made, tables change their owner, and what ran
before goes on. An adoption stands in for the migrations up to the state that it leads to, on databases that have its tables already.

What it needs is in `privileges`; what it does, operation by operation, in `adoption/<name>/edge.json`.
"""

import json
from pathlib import Path

import asyncpg

from database.engine.edge import Adoption
from database.engine.ledger import Ledger
from database.engine.migrations_folder import Migration, read_migration
from database.engine.operation_ledger import ensure_ledger
from database.engine.patience import patiently

# Entries of the ledger that count for nothing else: who owned an object before.
_OWNER = "owner"
_OWNERS = """
select o.kind, o.name, pg_get_userbyid(case o.kind
    when 'schema' then (select nspowner from pg_namespace where oid = to_regnamespace(o.name))
    when 'type' then (select typowner from pg_type where oid = to_regtype(o.name))
    when 'routine' then (select proowner from pg_proc where oid = to_regprocedure(o.name))
    else (select relowner from pg_class where oid = to_regclass(o.name)) end) as owner
from unnest($1::text[], $2::text[]) as o (kind, name)
"""
_KEEP = """
insert into app.migration_operation (edge, operation, state, checksum) values ($1, $2, 'undone', $3) on conflict do nothing
"""
_IS_SUPERUSER = "select rolsuper from pg_roles where rolname = $1"
_IN_USE = "select exists (select from unnest($1::text[]) as o (name) where to_regclass(o.name) is not null)"


async def with_adoption(
    connection: "asyncpg.Connection[asyncpg.Record]",
    folder: Path,
    migrations: tuple[Migration, ...],
    ledger: Ledger,
) -> tuple[Migration, ...]:
    """Return the history of this database: where it was adopted, or is in use and no backend has been in it, the adoption stands in
    for the migrations that lead to the same state. MigrationError when the adoption was edited."""
    for path in sorted((folder / "adoption").glob("*/edge.json")):
        migration = read_migration(path.parent)
        known = migration.name in ledger.migrations
        untouched = not ledger.migrations and ledger.taken_over_at is None
        if known or (untouched and await _is_in_use(connection, migration)):
            targets = [each.target for each in migrations]
            if migration.target in targets:
                return (migration, *migrations[targets.index(migration.target) + 1 :])
    return migrations


async def _is_in_use(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> bool:
    adoption = adoption_of(migration)
    tables = [name for kind, name in adoption.objects if kind == "table"] if adoption else []
    return bool(await connection.fetchval(_IN_USE, tables))


def adoption_of(migration: Migration) -> Adoption | None:
    """Return what an adoption says beside its operations; None for a migration."""
    return migration.edge.adoption if migration.edge is not None else None


async def owners(
    connection: "asyncpg.Connection[asyncpg.Record]", adoption: Adoption
) -> dict[tuple[str, str], str]:
    """Return (kind, name) → owner of each object that is there."""
    kinds, names = [each[0] for each in adoption.objects], [each[1] for each in adoption.objects]
    path = await connection.fetchval("select current_setting('search_path')")
    await connection.execute("select set_config('search_path', 'public', false)")
    rows = await connection.fetch(_OWNERS, kinds, names)
    await connection.execute("select set_config('search_path', $1, false)", path)
    return {(row["kind"], row["name"]): row["owner"] for row in rows if row["owner"] is not None}


async def begin(
    connection: "asyncpg.Connection[asyncpg.Record]", adoption: Adoption, role: str, budget: float
) -> None:
    """Make roles, schema and ledger, unless they are there; remember who owns what, and let those go on as members of the owner."""
    if await connection.fetchval("select to_regclass('app.migration')") is not None:
        return

    async def attempt() -> None:
        async with connection.transaction():
            before = await owners(connection, adoption)
            await connection.execute("set local lock_timeout = '2s'")
            await connection.execute(adoption.bootstrap)
            await connection.execute(await _set_role(connection, role))
            await ensure_ledger(connection)
            for (kind, name), owner in before.items():
                await connection.execute(_KEEP, _OWNER, f"{kind} {name}", owner)
            await connection.execute("set local role none")
            for owner in sorted({*before.values()} - {role}):
                await _join(connection, role, owner)

    await patiently(attempt, budget)


async def end(connection: "asyncpg.Connection[asyncpg.Record]", adoption: Adoption, budget: float) -> None:
    """Take away roles, schema and ledger."""

    async def attempt() -> None:
        async with connection.transaction():
            await connection.execute(adoption.teardown)

    await patiently(attempt, budget)


async def _set_role(connection: "asyncpg.Connection[asyncpg.Record]", role: str) -> str:
    return str(await connection.fetchval("select format('set local role %I', $1::text)", role))


async def _join(connection: "asyncpg.Connection[asyncpg.Record]", role: str, member: str) -> None:
    """The application that owned tables may all that it could."""
    if await connection.fetchval(_IS_SUPERUSER, member):
        return
    form = "select format('grant %I to %I with inherit true, set true', $1::text, $2::text)"
    await connection.execute(await connection.fetchval(form, role, member))


def what_moves(adoption: Adoption) -> str:
    """Return one line for `plan`."""
    kinds = [kind for kind, _ in adoption.objects]
    counted = ", ".join(f"{kinds.count(kind)} {kind}s" for kind in dict.fromkeys(kinds))
    return (
        f"roles, schema app and the ledger are made; {counted} get the owner {json.dumps(adoption.roles[0])}"
    )
