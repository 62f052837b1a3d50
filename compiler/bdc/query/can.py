"""`_can`: what the caller may do with a row that it reads, decided in the statement that reads it.

An action is open when the policy allows it for the row as it is and, for a transition, the row is in a state to start from, and may be read in the
state that it gets: what its caller could not read then is refused. What depends on the request (new values, arguments, `require`) is not
decided: the request itself is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from bdc.ir import Entity, Resource, SystemIR
from bdc.ir.compiled import ALIAS, ReadMember
from bdc.query.jsontext import json_text
from bdc.query.names import column
from bdc.query.policy import Policies
from bdc.query.scope import Scope
from bdc.query.trees import call, conjunction, is_true, print_sql, text
from bdc.query.writes.machine import step_of
from bdc.query.writes.names import ROW
from bdc.surface.can import CAN, offered


def can_member(
    system: SystemIR, policies: Policies, scope: Scope, entity: Entity, resources: Iterable[Resource]
) -> ReadMember | None:
    """Return the member that says what may be done with a row of `entity`; None where no resource offers it."""
    actions = offered(resources)
    if not actions:
        return None
    parts = []
    for name, resource in actions.items():
        parts += [text(name), is_true(conjunction([*_open(system, policies, scope, entity, resource, name)]))]
    sql = print_sql(call("jsonb_build_object", *parts))
    json = json_text("raw", sql, nullable=False)
    return ReadMember(CAN, CAN, sql, "jsonb", "raw", json.prefix, json.text, json.suffix, nullable=False)


def _open(
    system: SystemIR, policies: Policies, scope: Scope, entity: Entity, resource: Resource, name: str
) -> Iterable[exp.Expression]:
    changed = replace(scope, old=scope.row, new=scope.row) if name == "update" else scope
    yield policies.allowed(changed, entity.name, name)
    operation = next((each for each in resource.custom if each.name == name), None)
    step = step_of(system, entity, operation) if operation is not None else None
    if step is not None:
        yield _over_row(step.may_start())
        yield from _with(policies.allowed(scope, entity.name, "read"), step.values())


def _with(tree: exp.Expression, values: Mapping[str, exp.Expression]) -> Iterator[exp.Expression]:
    """Yield a condition on the row as one on the row with other values in some columns; nothing where it asks for none of them."""
    given = {name: _over_row(value) for name, value in values.items()}

    def is_given(node: exp.Expression) -> bool:
        return isinstance(node, exp.Column) and node.table == ALIAS and node.name in given

    if any(map(is_given, tree.find_all(exp.Column))):
        yield tree.transform(lambda node: exp.Paren(this=given[node.name].copy()) if is_given(node) else node)


def _over_row(tree: exp.Expression) -> exp.Expression:
    for found in [each for each in tree.find_all(exp.Column) if each.table == ROW]:
        found.replace(column(ALIAS, found.name))
    return tree
