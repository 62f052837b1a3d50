"""Relations as fragments: how related rows are joined, how many there may be, and what their parent proves of them."""

from dataclasses import replace

from bdc.ir import CollectionField, Entity, EntityField, ExpandNode, ReferenceField, SystemIR
from bdc.ir.compiled import ALIAS, RELATED, ReadRelation
from bdc.ir.remembering import per_system
from bdc.query.names import column_text, relation
from bdc.query.policy import Policies
from bdc.query.read_guard import guarded
from bdc.query.relations import key_columns

THROUGH = "«t»"
Pairs = tuple[tuple[str, str], ...]


class Joins:
    """Makes the relations of one entity after another; the caller says which readers see them."""

    def __init__(self, system: SystemIR, policies: Policies, *, inline: bool) -> None:
        self._system = system
        self._policies = policies
        self._inline = inline
        self._expands = _bounds(system)

    def reference(self, entity: Entity, field: ReferenceField) -> ReadRelation:
        pairs = tuple(zip(field.columns, field.target_columns, strict=True))
        return ReadRelation(
            name=field.name,
            target=field.target,
            many=False,
            join=_matches(ALIAS, pairs, RELATED),
            nullable=True,
            implied=self._follows(entity.name, field.target, pairs),
        )

    def collection(self, entity: Entity, field: CollectionField) -> ReadRelation:
        target = self._system.entity(field.target)
        order = ", ".join(column_text(RELATED, name) for name in key_columns(target))
        made = ReadRelation(
            field.name,
            target.name,
            many=True,
            join="",
            nullable=False,
            max=self._expands.get((entity.name, field.name)),
            order=order,
        )
        if field.through is not None:
            return self._through(entity, field, made, self._system.entity(field.through))
        back = _pairs(target.field(field.inverse), flipped=True)
        return replace(
            made,
            join=_matches(ALIAS, back, RELATED),
            guarded_by_parent=self._inline and guarded(self._policies, entity, target, field),
            implied=self._follows(entity.name, target.name, back),
        )

    def ties(self, field: CollectionField) -> Pairs:
        """Return the columns of a row beside those of the rows in its collection, which stands in no other table."""
        return _pairs(self._system.entity(field.target).field(field.inverse), flipped=True)

    def _through(
        self, entity: Entity, field: CollectionField, made: ReadRelation, link: Entity
    ) -> ReadRelation:
        near, far = _pairs(link.field(field.inverse), flipped=True), _pairs(link.field(field.far or ""))
        implied = self._follows(entity.name, link.name, near) and self._follows(link.name, field.target, far)
        return replace(
            made,
            join=f"{_matches(ALIAS, near, THROUGH)} and {_matches(THROUGH, far, RELATED)}",
            through=f"{relation(link)} as {THROUGH}",
            through_entity=link.name,
            implied=implied,
        )

    def _follows(self, source: str, target: str, pairs: Pairs) -> bool:
        return self._inline and self._policies.scope_follows(source, target, pairs)


@per_system
def _bounds(system: SystemIR) -> dict[tuple[str, str], int]:
    """The largest bound that any expand declares for a collection."""
    found: dict[tuple[str, str], int] = {}

    def walk(entity: str, nodes: tuple[ExpandNode, ...]) -> None:
        for node in nodes:
            field = system.entity(entity).field(node.field)
            if isinstance(field, ReferenceField | CollectionField):
                if node.max is not None:
                    found[entity, node.field] = max(node.max, found.get((entity, node.field), 0))
                walk(field.target, node.children)

    for api in system.apis:
        for resource in api.resources:
            walk(resource.entity, resource.expand)
    return found


def _matches(left: str, pairs: Pairs, right: str) -> str:
    return " and ".join(f"{column_text(right, theirs)} = {column_text(left, ours)}" for ours, theirs in pairs)


def _pairs(field: EntityField, *, flipped: bool = False) -> Pairs:
    """Return the columns of a reference beside those they refer to, or the other way round."""
    if not isinstance(field, ReferenceField):
        raise TypeError(f"{field.name} is not a reference")
    ours, theirs = field.columns, field.target_columns
    return tuple(zip(theirs, ours, strict=True) if flipped else zip(ours, theirs, strict=True))
