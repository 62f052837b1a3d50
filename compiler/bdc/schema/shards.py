"""Where Citus keeps each table and runs each function, as statements that do nothing where Citus is not installed.

Tables of tenants are distributed by their tenant, all in one colocation group; the root, and tables without a tenant, are reference
tables. Answers to repeated calls are distributed by their scope. The other tables of `app` stay on the coordinator.
"""

import re
from collections.abc import Iterable, Iterator

from bdc.ddl.names import Name, qualified
from bdc.ddl.nodes import Script, Section, Statement
from bdc.ddl.printer import literal
from bdc.ir import SystemIR, Table
from bdc.ir.compiled import CompiledFunction, FunctionParameter, ParameterRole
from bdc.query.writes.signature import sql_name
from bdc.schema.distribution import distribution
from bdc.schema.names import APP, Roles, name_of
from bdc.schema.system_tables import IDEMPOTENCY_KEY

# The functions of Citus are looked for by name: a test puts others in their place.
_IS_THERE = "exists (select from pg_proc where proname = 'create_distributed_table')"
_TEXTS = re.compile(r"'(?:[^']|'')*'")
_SETTINGS = re.compile(rf"SET LOCAL {APP}\.\w+")
_OWN_TABLES = re.compile(rf"\b{APP}\.(\w+)")
_PLACE = r"""
do $$
-- A second run finds nothing to do. References go while their tables move, and come back as they were.
declare
  place record;
  step text;
  dropped text[];
  added text[];
  tables oid[];
  beside text;
begin
  if not {is_there} then
    return;
  end if;
  if {only_in_use} and not exists (select from pg_dist_partition as d where d.logicalrelid::text = any({grouped})) then
    return;
  end if;
  perform set_config('citus.multi_shard_modify_mode', 'sequential', true), set_config('citus.enable_unsafe_triggers', 'on', true);
  select coalesce(array_agg(w.name::regclass::oid), '{{}}') into tables
  from (values
    {wanted}
  ) as w (name, key, is_alone, shards)
  where to_regclass(w.name) is not null
    and not exists (select from pg_dist_partition as d where d.logicalrelid = to_regclass(w.name));
  -- A database that becomes a cluster has policies of its old version until the contract of the migration.
  if exists (
    select from pg_policy as p where p.polrelid = any(tables) and (not p.polpermissive
      or concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~* '\(\s*select\M')
  ) then
    raise notice 'nothing is placed: contract the migration, then run database/release/shards.sql';
    return;
  end if;
  select array_agg(format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)),
    array_agg(format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)))
  into dropped, added
  from pg_constraint as c
  where c.contype = 'f' and c.conparentid = 0 and (c.conrelid = any(tables) or c.confrelid = any(tables));
  foreach step in array coalesce(dropped, '{{}}') loop
    execute step;
  end loop;
  for place in
    select w.* from (values
    {wanted}
    ) as w (name, key, is_alone, shards)
    where to_regclass(w.name)::oid = any(tables)
  loop
    if place.key is null then
      perform create_reference_table(place.name::regclass);
    else
      select d.logicalrelid::text into beside from pg_dist_partition as d
      where not place.is_alone and d.logicalrelid::text = any({grouped}) limit 1;
      perform create_distributed_table(place.name::regclass, place.key, colocate_with => coalesce(beside, 'none'),
        shard_count => case when beside is null then place.shards end);
    end if;
  end loop;
  foreach step in array coalesce(added, '{{}}') loop
    execute step;
  end loop;
end
$$;"""


def place_tables(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield what gives each table that has none its place; run as the migrator, in one transaction."""
    yield Section("Where Citus keeps the tables; nothing happens where it is not installed")
    # Servers of the cluster reach each other as the role that acts. It has no password, so that it comes from nowhere else.
    logins = "".join(f"    alter role {role} login;\n" for role in (roles.owner, roles.service))
    yield Script(f"do $$\nbegin\n  if {_IS_THERE} then\n{logins}  end if;\nend\n$$;")
    yield Script(f"set local role {roles.owner};\nset local search_path = public, pg_temp;")
    yield Script(_block(system, list(_places(system)), only_in_use=False))


def place_table(system: SystemIR, table: Table) -> str:
    """Return what gives a new table its place as soon as it is made, in a cluster that has others: references to these follow."""
    name = literal(qualified(name_of(table)))
    return _block(system, [each for each in _places(system) if each[0] == name], only_in_use=True)


def _block(system: SystemIR, places: list[tuple[str, str, str, str]], *, only_in_use: bool) -> str:
    columns = ((table, distribution(system.entity(table.entity), table)) for table in system.tables)
    names = [literal(qualified(name_of(table))) for table, column in columns if column is not None]
    return _PLACE.strip().format(
        is_there=_IS_THERE,
        wanted=",\n    ".join(f"({', '.join(each)})" for each in places),
        grouped=f"array[{', '.join(names)}]::text[]",
        only_in_use=str(only_in_use).lower(),
    )


def _places(system: SystemIR) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, distribution column, whether it is beside no other, and number of shards; reference tables first."""
    count = str(max(each.database.shards for each in system.deploys if each.database.engine == "citus"))
    tables = [(table, distribution(system.entity(table.entity), table)) for table in system.tables]
    for table, column in sorted(tables, key=lambda each: each[1] is not None):
        key = "null::text" if column is None else literal(column)
        yield literal(qualified(name_of(table))), key, "false", count
    yield literal(qualified(Name(IDEMPOTENCY_KEY.name, APP))), literal("scope"), "true", count


def anchor(system: SystemIR) -> Table | None:
    """Return the table that all others of tenants are colocated with; None where there is none."""
    return next((each for each in system.tables if distribution(system.entity(each.entity), each)), None)


def place_functions(
    system: SystemIR, release: str, functions: Iterable[CompiledFunction]
) -> Iterator[Statement]:
    """Yield what makes Citus run each function on the server that has the rows of its tenant."""
    first = anchor(system)
    tenant = _tenant(system)
    if first is None or tenant is None:
        return
    placed = [_placed(release, each, tenant, first) for each in functions if _routed(each, tenant)]
    if placed:
        calls = "".join(f"  perform {each};\n" for each in placed)
        test = f"exists (select from pg_dist_partition where logicalrelid = to_regclass({literal(qualified(name_of(first)))}))"
        leave = "    return;\n  end if;\n"
        yield Script(
            f"do $$\nbegin\n  if not {_IS_THERE} then\n{leave}  if not {test} then\n{leave}{calls}end\n$$;"
        )


def _tenant(system: SystemIR) -> str | None:
    return system.identity.tenant_claim if system.identity is not None else None


def tables_of_app(function: CompiledFunction) -> set[str]:
    """Return the names of what a function uses of schema `app`; settings are written as texts."""
    code = _SETTINGS.sub("", _TEXTS.sub("''", function.sql))
    return set(_OWN_TABLES.findall(code))


def _routed(function: CompiledFunction, tenant: str) -> bool:
    """Whether all that a function touches is on shards or on every server: other tables are on the coordinator alone."""
    return bool(_carrier(function, tenant)) and tables_of_app(function) <= {IDEMPOTENCY_KEY.name}


def _carrier(function: CompiledFunction, tenant: str) -> FunctionParameter | None:
    """Return the parameter that is the caller's tenant, of the type of the distribution column."""
    found = (each for each in function.parameters if each.role is ParameterRole.IDENTITY)
    return next((each for each in found if each.name == tenant and each.sql_type == "uuid"), None)


def _placed(release: str, function: CompiledFunction, tenant: str, first: Table) -> str:
    carrier = _carrier(function, tenant)
    assert carrier is not None
    types = ", ".join(each.sql_type for each in function.parameters)
    signature = literal(f"{release}.{function.name}({types})")
    beside = literal(qualified(name_of(first)))
    return f"create_distributed_function({signature}::regprocedure, {literal(sql_name(carrier))}, {beside})"
