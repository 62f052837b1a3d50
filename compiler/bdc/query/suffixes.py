"""Values that a suffix makes unique: asked for before the row is written, of a function of the owner, since the row that stands in the way may
be one that the caller cannot read.

Two callers that want one value at a time wait for nothing: the one that finds it taken, or sees that another is about to take it, gets a suffix.
"""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ddl.printer import literal
from bdc.ir import Call, Entity, Literal, ScalarField, ScalarType, SystemIR
from bdc.ir.compiled import HelperFunction
from bdc.naming.sql import fitted
from bdc.query.names import quote, relation
from bdc.query.relations import tenant_column
from bdc.query.trees import call
from bdc.query.types import sql_type

FUNCTION = "unique_suffix"
SUFFIX = 7
_SQL = """\
create or replace function {name}(p_base text, p_now text{tenant}) returns text language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp as $body$
declare
  v_base text := {base};
begin
  if p_base is null or p_now = v_base
    or (starts_with(p_now, v_base || '-') and char_length(p_now) = char_length(v_base) + {suffix}) then
    return case when p_base is not null then p_now end;
  end if;
  if char_length(v_base) >= {least}
    and pg_try_advisory_xact_lock(hashtextextended(concat_ws('|', {place}{asked}, v_base), 0))
    and not exists (select from {table} as t where t.{column} = v_base{within}) then
    return v_base;
  end if;
  return concat_ws('-', nullif(v_base, ''), left(md5(gen_random_uuid()::text), {suffix} - 1));
end
$body$;"""


def is_suffixed(field: object) -> bool:
    """Say whether the values of a field are made unique by a suffix."""
    default = field.default if isinstance(field, ScalarField) else None
    return isinstance(default, Call) and default.function == FUNCTION


def lower_suffix(expr: Call, arguments: list[exp.Expression], system: SystemIR) -> exp.Expression:
    """Return the call for the value of a new row; `expr` names the field behind the value, and then the tenant."""
    entity, field = _place(expr, system)
    return suffixed(entity, field, arguments[0], exp.Null(), arguments[2:])


def suffixed(
    entity: Entity,
    field: ScalarField,
    base: exp.Expression,
    now: exp.Expression,
    tenant: list[exp.Expression],
) -> exp.Expression:
    """Return the value that stands for `base`, where the row has `now`."""
    return call(_name(entity, field), base, now, *tenant)


def suffix_functions(system: SystemIR) -> Iterator[HelperFunction]:
    """Yield the function of each field that a suffix makes unique."""
    for entity in system.entities:
        for field in entity.fields:
            if isinstance(field, ScalarField) and is_suffixed(field):
                yield _function(system, entity, field)


def _function(system: SystemIR, entity: Entity, field: ScalarField) -> HelperFunction:
    table, tenant = system.table(entity.table), tenant_column(system, entity) if entity.tenant else None
    kind = sql_type(table.column(tenant).type) if tenant else ""
    logical = field.type
    assert isinstance(logical, ScalarType)
    most = logical.max_length
    sql = _SQL.format(
        name=_name(entity, field),
        tenant=f", p_tenant {kind}" if tenant else "",
        base="p_base" if most is None else f"left(p_base, {most - SUFFIX})",
        suffix=SUFFIX,
        least=max(1, logical.min_length or 0),
        place=literal(f"{entity.table}.{field.column}"),
        asked=", p_tenant" if tenant else "",
        table=relation(entity),
        column=quote(field.column),
        within=f" and t.{quote(tenant)} = p_tenant" if tenant else "",
    )
    return HelperFunction(_name(entity, field), sql, f"(text, text{f', {kind}' if tenant else ''})")


def _name(entity: Entity, field: ScalarField) -> str:
    return f"app.{quote(fitted(f'{entity.table}_{field.column}_suffix'))}"


def _place(expr: Call, system: SystemIR) -> tuple[Entity, ScalarField]:
    place = expr.arguments[1]
    assert isinstance(place, Literal)
    name, _, member = str(place.value).partition(".")
    field = system.entity(name).field(member)
    assert isinstance(field, ScalarField)
    return system.entity(name), field
