"""The default body of a row as one SQL expression, for statements that answer with the row they wrote."""

from collections.abc import Iterable

from bdc.ir import ComputedField, EntityField, Scalar, ScalarField, ScalarType, SystemIR
from bdc.query.expressions import lower
from bdc.query.jsontext import JsonText, TextBuilder, literal
from bdc.query.members import MemberSource, member_sources
from bdc.query.policy import Policies
from bdc.query.scope import ReadGuard, Scope
from bdc.query.trees import print_sql


def row_json(
    system: SystemIR,
    policies: Policies,
    entity: str,
    alias: str,
    scope: Scope | None = None,
    sight: ReadGuard | None = None,
    more: Iterable[JsonText] = (),
) -> str:
    """Return SQL text that computes the JSON text of the row `alias`: its default members, masked for the caller. `sight`: what
    computed values may draw on; `more`: members that follow, each with its comma and its name."""
    here = (scope or Scope(system)).at(entity, alias)
    builder = TextBuilder()
    opening = "{"
    for member in member_sources(here, sight):
        builder.add(f'{opening}"{member.name}":')
        builder.compute(_visible(policies, here, entity, member))
        opening = ","
    for member_text in more:
        builder.compute(member_text)
    builder.add("}" if opening == "," else "{}")
    return builder.sql()


def _visible(policies: Policies, scope: Scope, entity: str, member: MemberSource) -> JsonText:
    condition = policies.read_condition(scope, entity, member.field)
    if condition is None:
        return member.json
    builder = TextBuilder()
    builder.compute(member.json)
    mask = mask_text(policies, scope, entity, member.field)
    return JsonText("", f"case when {print_sql(condition)} then {builder.sql()} else {mask} end", "")


def mask_text(policies: Policies, scope: Scope, entity: str, field: str) -> str:
    """Return SQL of the JSON text that stands for a field its reader may not see."""
    rule = policies.clauses.field_rule(entity, field)
    if rule is None or rule.mask is None:
        return literal("null")
    value = print_sql(lower(rule.mask, scope))
    if _is_bare(scope.system.entity(entity).field(field)):
        return f"coalesce(({value})::text, 'null')"
    return f"coalesce(to_json({value}::text)::text, 'null')"


def _is_bare(field: EntityField) -> bool:
    """Whether values of the field are written without quotes."""
    if not isinstance(field, ScalarField | ComputedField) or not isinstance(field.type, ScalarType):
        return False
    return field.type.scalar in (Scalar.INT, Scalar.BIGINT, Scalar.FLOAT, Scalar.BOOL)
