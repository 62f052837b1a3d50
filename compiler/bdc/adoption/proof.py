"""An adoption has been run before it is written: on a server that is thrown away, by a role that is no superuser, on the objects of the
database in use, forth, back and forth again."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bdc.adoption.compared import as_made
from bdc.catalog import Database, differences
from bdc.catalog.history_tables import history_tables
from bdc.catalog.live.reader import read_database
from bdc.ddl.names import full, quote
from bdc.ddl.nodes import Statement
from bdc.output import GeneratedFile
from bdc.output.runtime import runtime_files
from bdc.stack.loading import load_database, run
from bdc.stack.migrations import captured
from bdc_emitters.registry import package_of

ADOPTER, APPLICATION = "bdc_adopter", "bdc_application"
_NO_FUNCTIONS = (
    "-- release: api_none none\ncreate schema api_none;\ncomment on schema api_none is 'release none';\n"
)
# What a state does not say: the runner's own entries, the functions of a release, and what a new database keeps from everybody; one that
# is in use stays open.
_OF_EVERY_BACKEND = (
    "table app.migration_operation",
    "schema api_none",
    "schema public, right ",
    "default privileges ",
    "revoke ",
    "rights on type ",
)
_OWNERS = """
select c.oid::regclass::text as name, pg_get_userbyid(c.relowner) as owner from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1
"""


class Unproven(Exception):
    """The adoption does not do what it should; the message says which step, and what the runner or the catalog says."""


def prove(
    live: Database, wanted: Sequence[Statement], files: Iterable[GeneratedFile], fresh: Callable[[], str]
) -> None:
    """Run an adoption on a copy of `live` without rows. `wanted`: what makes the database that it has to lead to from nothing; `files`:
    those of the adoption and of the migrations; `fresh` makes an empty database and returns its URL. Raises Unproven."""
    superuser = fresh()
    run(_loaded(superuser, live))
    before = run(_read(superuser))
    adopter = _as_adopter(superuser)
    with tempfile.TemporaryDirectory(prefix="bdc-adopt-") as name:
        out = Path(name)
        _write(out, files)
        asked: Database | None = None
        for step in ("up", "down", "up"):
            code, text = captured(out, adopter, (step,))
            if code:
                raise Unproven(f"`{step}` stops: {text.strip()}")
            after = run(_read(superuser))
            # Roles belong to the server: the adoption makes them before this does.
            asked = asked or run(as_made(fresh(), live, wanted))
            unlike = _unlike(asked, after[0], live) if step == "up" else _undone(before, after)
            if unlike:
                raise Unproven(f"after `{step}` it is not as it should be: " + "; ".join(unlike[:20]))


def _unlike(asked: Database, state: Database, live: Database) -> list[str]:
    kept = {f"table {full(name).removeprefix('public.')}" for name in history_tables(live)}
    found = differences(asked, state)
    return [
        str(each)
        for each in found
        if each.path.partition(",")[0] not in kept and not each.path.startswith(_OF_EVERY_BACKEND)
    ]


def _undone(
    before: tuple[Database, list[tuple[str, str]]], after: tuple[Database, list[tuple[str, str]]]
) -> list[str]:
    changed = [str(each) for each in differences(before[0], after[0])]
    return changed + [
        f"{name} belongs to {owner}" for name, owner in after[1] if (name, owner) not in before[1]
    ]


def _as_adopter(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{ADOPTER}@{host}", parts.path, "", ""))


async def _loaded(url: str, live: Database) -> None:
    """Make the objects as those of an application, and a role that adopts: it owns the database, makes roles, and is no superuser."""
    connection = await asyncpg.connect(url)
    try:
        await load_database(connection, live)
        for role, word in ((APPLICATION, "login"), (ADOPTER, "login createrole")):
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                await connection.execute(f"create role {role} {word}")
        name = await connection.fetchval("select current_database()")
        await connection.execute(
            f"alter database {quote(name)} owner to {ADOPTER}; grant {APPLICATION} to {ADOPTER}"
        )
        await connection.execute(_GIVE.format(role=APPLICATION))
    finally:
        await connection.close()


# Not what extensions brought, nor what belongs to a column or a table.
_GIVE = """
do $$
declare
  statement text;
begin
  for statement in
    select format('alter schema %I owner to {role}', nspname) from pg_namespace
      where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
    union all
    select format('alter %s %s owner to {role}',
        case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end, c.oid::regclass)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where relkind in ('r', 'p', 'v', 'm', 'S') and nspname !~ '^pg_' and nspname <> 'information_schema'
        and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
          and (d.deptype = 'e' or (relkind = 'S' and d.deptype in ('a', 'i'))))
    union all
    select format('alter %s %s owner to {role}', case prokind when 'a' then 'aggregate' else 'routine' end, p.oid::regprocedure)
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where nspname !~ '^pg_' and nspname <> 'information_schema'
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select format('alter %s %s owner to {role}', case typtype when 'd' then 'domain' else 'type' end, t.oid::regtype)
      from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
      where nspname !~ '^pg_' and nspname <> 'information_schema' and (typtype in ('e', 'd', 'r') or relkind = 'c')
        and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
  loop
    execute statement;
  end loop;
end
$$
"""


async def _read(url: str) -> tuple[Database, list[tuple[str, str]]]:
    connection = await asyncpg.connect(url)
    try:
        owners = [(row["name"], row["owner"]) for row in await connection.fetch(_OWNERS)]
        return await read_database(connection), owners
    finally:
        await connection.close()


def _write(out: Path, files: Iterable[GeneratedFile]) -> None:
    """The runner, the migrations, and a release without functions."""
    runner = runtime_files(package_of("postgres"))
    release = GeneratedFile("database/release/api.sql", _NO_FUNCTIONS)
    for file in (*runner, release, *files):
        (out / file.path).parent.mkdir(parents=True, exist_ok=True)
        (out / file.path).write_bytes(file.encoded)
