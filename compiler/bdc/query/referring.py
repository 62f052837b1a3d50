"""Rows that a caller may refer to without reading them: `allow refer to …` of the entity that a reference leads to.

Row level security hides such rows from the caller, so a function that sees them answers, and says nothing but yes or no.
"""

from collections.abc import Mapping

from sqlglot import exp

from bdc.ir import ReferenceField, ScalarField
from bdc.policy import REFER
from bdc.policy.rebase import paths
from bdc.query.names import identifier, plain, table_of
from bdc.query.policy import Policies
from bdc.query.relations import not_deleted
from bdc.query.scope import Names, Row, Scope
from bdc.query.trees import boolean, call, conjunction, equal, exists, print_sql


def may_refer_unread(policies: Policies, row: Row, reference: ReferenceField) -> exp.Expression:
    """Return the condition that `allow refer` opens the row which `reference` of `row` leads to. What a default takes from that row
    must be readable: then it is never true."""
    system = policies.system
    if not system.refers(reference.target) or _is_drawn_on(row, reference):
        return boolean(False)
    pairs = zip(reference.columns, reference.target_columns, strict=True)
    return may_refer_to(policies, reference.target, {theirs: row.column(mine) for mine, theirs in pairs})


def may_refer_to(policies: Policies, entity: str, key: Mapping[str, exp.Expression]) -> exp.Expression:
    """Return the condition that `allow refer` opens the row of `entity` with these columns."""
    system = policies.system
    target = Row(system.entity(entity), "t")
    names = {theirs: f"p_{plain(theirs)}" for theirs in key}
    where = conjunction(
        [
            *(equal(target.column(theirs), _variable(name)) for theirs, name in names.items()),
            *policies.terms.tenant(target),
            *not_deleted(target),
            policies.allowed(Scope(system, row=target, names=Names("k")), entity, REFER),
        ]
    )
    found = exists([table_of(target.entity, target.alias)], where)
    types = {theirs: policies.terms.column_type(target, theirs) for theirs in key}
    declared = ", ".join(f"{name} {types[theirs]}" for theirs, name in names.items())
    label = f"{entity}_{REFER}".lower()
    function = policies.terms.function(label, declared, "boolean", f"return {print_sql(found)};")
    return call(function, *key.values())


def _variable(name: str) -> exp.Expression:
    return exp.Column(this=identifier(name))


def _is_drawn_on(row: Row, reference: ReferenceField) -> bool:
    """Whether a default of the row takes a value from the row that is referred to."""
    return any(
        len(path.steps) > 1 and path.steps[0].field == reference.name
        for field in row.entity.fields
        if isinstance(field, ScalarField) and field.default is not None
        for path in paths(field.default)
    )
