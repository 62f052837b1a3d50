"""What a computed value may draw on: of other rows only those that its reader may read himself.

Row level security has it so by nature; here the statements say it too, so that a count tells nothing of hidden rows when they
stand alone. What being in a readable parent's collection proves already is not asked again.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from bdc.ir import CollectionField, Entity, ReferenceField
from bdc.query.policy import Policies
from bdc.query.scope import Row, Scope
from bdc.query.trees import is_constant
from bdc.source.records import dataclass


@dataclass(frozen=True)
class ReadGuard:
    """A `Scope.sight`: called for every row that a path or a collection leads to."""

    policies: Policies

    def __call__(
        self, scope: Scope, source: Row, field: ReferenceField | CollectionField, target: Row
    ) -> Iterator[exp.Expression]:
        """Yield the condition under which the reader of `source` reads `target`; nothing when he always does."""
        if isinstance(field, CollectionField) and guarded(self.policies, source.entity, target.entity, field):
            return
        inner = replace(scope, row=target, old=None, new=None, bindings={}, sight=None)
        allowed = self.policies.allowed(inner, target.entity.name, "read")
        if not is_constant(allowed, True):
            yield allowed


def guarded(policies: Policies, parent: Entity, child: Entity, field: CollectionField) -> bool:
    """Whether being in a readable parent's collection is all that the child's rules ask."""
    if field.through is not None or policies.clauses.deny(child.name, "read"):
        return False
    back = child.field(field.inverse)
    if not isinstance(back, ReferenceField):
        raise TypeError(f"{child.name}.{field.inverse} is not a reference")
    pairs = tuple(zip(back.target_columns, back.columns, strict=True))
    policy = policies.system.policy(child.name)
    return (
        policy is not None
        and policies.scope_follows(parent.name, child.name, pairs)
        and policies.clauses.inherits(child.name, "read", field.inverse)
    )
