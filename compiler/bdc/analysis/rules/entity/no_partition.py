"""A partitioned table keeps rows in its partitions alone: one without any refuses every row."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.relations import NO_PARTITION
from bdc.model import Model
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class NoPartition(Fact):
    DIAGNOSTIC = NO_PARTITION

    entity: str
    example: str
    span: Span


def no_partition(model: Model) -> Iterator[Fact]:
    """Report every partitioned entity that has no partition."""
    for entity in model.entities.values():
        found = entity.partitioning
        if found is not None and not found.partitions:
            example = (
                "partition p0 modulus 1 remainder 0" if found.method == "hash" else "partition rest default"
            )
            yield NoPartition(entity.name, example, entity.span)
