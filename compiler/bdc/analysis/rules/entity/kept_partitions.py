"""Rows that go with their partition are not deleted one by one: no other row may refer to them, and no audit trail tells of them."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.relations import BadPartition
from bdc.model.nodes.entity import Entity, ReferenceField


def kept_partitions(model: Model) -> Iterator[Fact]:
    """Report every entity with `keep` that is audited, or that another one refers to."""
    for entity in model.entities.values():
        parts = entity.partitioning
        if parts is None or parts.keep is None:
            continue
        other = _referring(model, entity)
        instead = "leave `keep` out, and delete row by row: `@expires(…)`"
        if entity.audited:
            why = f"rows of `{entity.name}` would leave no entry in the audit trail when their partition goes"
            yield BadPartition(why, parts.span, instead)
        if other is not None:
            why = f"`{other}` refers to rows of `{entity.name}`, which go with their partition"
            yield BadPartition(why, parts.span, instead)


def _referring(model: Model, entity: Entity) -> str | None:
    return next(
        (
            f"{other.name}.{field.name}"
            for other in model.entities.values()
            for field in other.fields
            if isinstance(field, ReferenceField) and field.target == entity.name
        ),
        None,
    )
