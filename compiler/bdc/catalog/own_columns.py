"""Columns of partitions that say otherwise than those of their parent."""

from collections.abc import Iterator

from bdc.catalog import tables
from bdc.ddl import nodes
from bdc.ddl.names import qualified, quote


def own_columns(partition: tables.Table, parent: tables.Table | None) -> Iterator[nodes.Object]:
    """Yield what the columns of a partition say otherwise than those of its parent: a default, and that they are required."""
    there = {column.name: column for column in parent.columns} if parent is not None else {}
    keyed = partition.primary_key.columns if partition.primary_key is not None else ()
    for column in partition.columns:
        whole = there.get(column.name)
        if whole is None or column.generated is not None or column.identity is not None:
            continue
        actions = [] if column.default == whole.default else [_default(column)]
        required = column.not_null and not whole.not_null and column.name not in keyed
        actions += ["set not null"] if required else []
        for action in actions:
            text = f"alter table {qualified(partition.name)} alter column {quote(column.name)} {action}"
            yield nodes.Object("statement", text, text, None)


def _default(column: tables.Column) -> str:
    return "drop default" if column.default is None else f"set default {column.default}"
