"""Values with a suffix, when what they are made of changes."""

from collections.abc import Iterable, Mapping

from sqlglot import exp

from bdc.ir import Call, Entity, Expr, Root, ScalarField
from bdc.policy.rebase import paths
from bdc.query.names import column
from bdc.query.relations import tenant_column
from bdc.query.suffixes import suffixed
from bdc.query.trees import disjunction
from bdc.query.writes.context import Context
from bdc.query.writes.names import ROW, either

_NEW = "n"


def own_fields(field: ScalarField) -> set[str]:
    """Return the fields of its own row that a value is made of."""
    found = paths(_base(field))
    return {path.steps[0].field for path in found if path.root in (Root.ROW, Root.NEW) and path.steps}


def made_anew(
    context: Context,
    entity: Entity,
    field: ScalarField,
    values: Mapping[str, exp.Expression],
    given: Iterable[exp.Expression],
) -> exp.Expression:
    """Return the value of the row after a change to `values`: another one where a field that it is made of is `given` and changes it."""
    base = exp.Paren(this=context.value(_base(field), context.scope.at(entity.name, _NEW)))
    for found in [each for each in base.find_all(exp.Column) if each.table == _NEW]:
        value = values.get(found.name)
        found.replace(column(ROW, found.name) if value is None else exp.Paren(this=value.copy()))
    tenant = tenant_column(context.system, entity) if entity.tenant else None
    now = column(ROW, field.column)
    made = suffixed(entity, field, base.this, now, [column(ROW, tenant)] if tenant is not None else [])
    return either(disjunction(given), made, now.copy())


def _base(field: ScalarField) -> Expr:
    assert isinstance(field.default, Call)
    return field.default.arguments[0]
