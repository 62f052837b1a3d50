"""Partitioned tables: columns instead of fields, names of parts in the database."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.partition import Partition
from bdc.naming.sql import fitted


def lower_partitioning(context: Context, entity: Entity) -> ir.Partitioning | None:
    found = entity.partitioning
    if found is None:
        return None
    return ir.Partitioning(
        method=found.method,
        columns=tuple(context.column(entity, name) for name in found.fields),
        partitions=tuple(_partition(context, entity, each) for each in found.partitions),
    )


def _partition(context: Context, entity: Entity, part: Partition) -> ir.Partition:
    return ir.Partition(
        name=part.table or _name(entity, part.name),
        kind=part.kind,
        low=part.low,
        high=part.high,
        values=part.values,
        modulus=part.modulus,
        remainder=part.remainder,
        storage=part.storage,
        was=tuple(_name(entity, old) for old in part.was),
        doc=part.doc,
        origin=context.origin(part.span),
    )


def _name(entity: Entity, part: str) -> str:
    return fitted(f"{entity.table}_{part}")
