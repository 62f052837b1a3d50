"""The policy of an entity with tenants says, in its scope, whose rows a caller sees."""

from collections.abc import Iterator

from bdc import ir
from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.policy import SCOPED_BY_ROW, UNSCOPED
from bdc.model import Model
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.model.typing.types import describe
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Unscoped(Fact):
    DIAGNOSTIC = UNSCOPED

    entity: str
    tenant: str
    claim: str
    span: Span
    type: str = ""
    identity: str = ""

    def declaration(self) -> Declared:
        return SCOPED_BY_ROW if self.type else UNSCOPED


def unscoped(model: Model) -> Iterator[Fact]:
    for policy in model.policies:
        entity = model.entities[policy.entity]
        tenant = entity.tenant
        if tenant is not None and not entity.made and not _compares(policy.scope, tenant):
            own = _of_own_row(policy.scope, tenant)
            if own is None or model.identity is None:
                yield Unscoped(policy.entity, tenant, _claim(model, tenant), policy.span)
            else:
                told = (own, policy.span, _key_type(model, entity), model.identity.entity)
                yield Unscoped(policy.entity, tenant, *told)


def _of_own_row(scope: ir.Expr | None, tenant: str) -> str | None:
    """Return the field of the caller's own row that a scope compares with the tenant."""
    match scope:
        case ir.And(terms=terms):
            return next((own for term in terms if (own := _of_own_row(term, tenant))), None)
        case ir.Compare(op="==", left=ir.Path() as left, right=ir.Path() as right):
            for one, other in ((left, right), (right, left)):
                if _is_tenant(one, tenant) and other.root is ir.Root.ACTOR and len(other.steps) == 1:
                    return other.steps[0].field
    return None


def _key_type(model: Model, entity: Entity) -> str:
    """Return the type of the key that names a tenant."""
    reference = entity.find(entity.tenant or "")
    root = model.entities.get(reference.target) if isinstance(reference, ReferenceField) else None
    key = root.find(root.key[0]) if root is not None and len(root.key) == 1 else None
    return describe(key.type).partition("(")[0] if isinstance(key, ScalarField) else "uuid"


def _claim(model: Model, tenant: str) -> str:
    """Return the claim that names the tenant: the one that is called so, or else the only one that could be it."""
    claims = model.identity.claims if model.identity is not None else ()
    others = [each.name for each in claims if each.name != "id" and not isinstance(each.type, ir.ArrayType)]
    return others[0] if tenant not in others and len(others) == 1 else tenant


def _compares(scope: ir.Expr | None, tenant: str) -> bool:
    """Say whether the scope demands that the tenant equals something of the caller."""
    match scope:
        case ir.And(terms=terms):
            return any(_compares(term, tenant) for term in terms)
        case ir.Compare(op="==", left=ir.Path() as left, right=ir.Path() as right):
            return any(_is_tenant(a, tenant) and _is_claim(b) for a, b in ((left, right), (right, left)))
    return False


def _is_claim(path: ir.Path) -> bool:
    """Whether a path is the caller, or a claim: a tenant is known before any row is read."""
    return path.root is ir.Root.ACTOR and all(step.entity is None for step in path.steps)


def _is_tenant(path: ir.Path, tenant: str) -> bool:
    return path.root is ir.Root.ROW and bool(path.steps) and path.steps[0].field == tenant
