"""What the caller's token says, for claims that are no fields of the identity row."""

from typing import Any

from bdc.ir import (
    ArrayType,
    Compare,
    EntityType,
    Expr,
    InList,
    Path,
    ReferenceField,
    Root,
    ScalarField,
    SystemIR,
)
from bdc.ir.base import Node
from bdc.surface.examples import Examples
from bdc_emitters.tests.exact import exact
from bdc_emitters.tests.plan import OWN
from bdc_emitters.tests.rows import Fixture, WorldRow
from bdc_emitters.tests.timed import conditions
from bdc_emitters.tests.walk import nodes


def claim_values(system: SystemIR, world: Any) -> dict[str, Any]:
    """Return claim → value of the caller, as it compares."""
    identity, row = system.identity, world.caller
    if identity is None or row is None:
        return {}
    names = {claim.name for claim in identity.claims if claim.of is None}
    return _values(system, world, row, names - {"id"})


def other_claim_values(system: SystemIR, world: Any) -> dict[str, dict[str, Any]]:
    """Return entity → claim → value of the callers of identities beside the main one."""
    others = system.identity.others if system.identity is not None else ()
    return {
        each.entity: _values(system, world, row, set(each.claims) - {each.key})
        for each in others
        if (row := world.caller_in(each.entity)) is not None
    }


def _values(system: SystemIR, world: Any, row: WorldRow, names: set[str]) -> dict[str, Any]:
    identity = system.identity
    assert identity is not None
    return {
        claim.name: exact(claim.type, _value(system, world, row, claim.name, claim.type))
        for claim in identity.claims
        if claim.name in names - {identity.roles_claim}
    }


def _value(system: SystemIR, world: Fixture, row: WorldRow, name: str, logical: Any) -> Any:
    own = next((each for each in system.entity(row.entity).fields if each.name == name), None)
    if isinstance(own, ReferenceField):
        named = row.references[name]
        return world.key_of(world.rows[named])[0] if named else None
    if isinstance(own, ScalarField):
        return row.values[name]
    entity = compared_entity(system, name)
    found = next((each for each in world.of(entity) if each.variant == OWN), None) if entity else None
    value = world.key_of(found)[0] if found else Examples(system).value(_item(logical), name)
    return [value] if isinstance(logical, ArrayType) else value


def _item(logical: Any) -> Any:
    return logical.item if isinstance(logical, ArrayType) else logical


def compared_entity(system: SystemIR, claim: str) -> str | None:
    """Return the entity whose keys a claim is compared with somewhere: `org == actor.org`, `id in actor.orgs`."""
    for expr in conditions(system):
        for node in nodes(expr):
            for path, other in _sides(node):
                if _is_claim(other, claim) and (found := _entity_of(system, path)):
                    return found
    return None


def _sides(node: Node) -> tuple[tuple[Expr, Expr], ...]:
    if isinstance(node, Compare):
        return ((node.left, node.right), (node.right, node.left))
    return ((node.value, node.items),) if isinstance(node, InList) else ()


def _is_claim(expr: Expr, name: str) -> bool:
    return (
        isinstance(expr, Path) and expr.root is Root.ACTOR and [step.field for step in expr.steps] == [name]
    )


def _entity_of(system: SystemIR, expr: Expr) -> str | None:
    if isinstance(expr.type, EntityType):
        return expr.type.name
    if isinstance(expr, Path) and expr.steps and expr.steps[-1].entity is not None:
        step = expr.steps[-1]
        return step.entity if system.entity(step.entity or "").key == (step.field,) else None
    return None
