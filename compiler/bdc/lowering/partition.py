"""Partitioned tables: columns instead of fields, names of parts in the database."""

from collections.abc import Iterator

from bdc import ir
from bdc.lowering.context import Context
from bdc.lowering.evolution import former_tables
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
        by=found.by,
        keep=found.keep,
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
        was=(*(_name(entity, old) for old in part.was), *_former(entity, part)),
        doc=part.doc,
        origin=context.origin(part.span),
    )


def _former(entity: Entity, part: Partition) -> Iterator[str]:
    """Yield what the default partition was called with its entity: where others are made at run time, it is not always written."""
    by = entity.partitioning.by if entity.partitioning is not None else None
    if by is not None and part.kind == "default" and part.table is None:
        yield from (fitted(f"{table}_{part.name}") for table in former_tables(entity.was))


def _name(entity: Entity, part: str) -> str:
    return fitted(f"{entity.table}_{part}")
