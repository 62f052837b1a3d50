"""Partitioned tables: how the rows are told apart, and the parts."""

from collections.abc import Iterable, Iterator

from bdc.ddl.names import Name, quote
from bdc.ddl.nodes import CommentOn, CreatePartition, Statement
from bdc.ir import Bound, Partition, Partitioning, SqlText, SystemIR, Table
from bdc.query.expressions import lower
from bdc.query.scope import Scope
from bdc.query.trees import print_sql
from bdc.schema.names import Roles, name_of
from bdc.schema.policies import secure


def partition_by(partitioning: Partitioning | None) -> str | None:
    """Return what follows PARTITION BY; None for a table in one piece."""
    if partitioning is None:
        return None
    return f"{partitioning.method} ({', '.join(quote(name) for name in partitioning.columns)})"


def create_partitions(system: SystemIR, table: Table) -> Iterator[Statement]:
    """Yield the parts of a table, which have its columns, keys and indexes by themselves."""
    for part in _parts(table):
        name = Name(part.name, table.schema_name)
        yield CreatePartition(name, name_of(table), _bound(system, part), options=part.storage)
        if part.doc:
            yield CommentOn("table", name, part.doc)


def secure_partitions(table: Table, roles: Roles) -> Iterator[Statement]:
    """Yield what closes each partition to direct queries; queries of the whole are under its policies."""
    for part in _parts(table):
        yield from secure(table.model_copy(update={"name": part.name}), (), roles)


def _parts(table: Table) -> tuple[Partition, ...]:
    return table.partitioning.partitions if table.partitioning is not None else ()


def _bound(system: SystemIR, part: Partition) -> str:
    match part.kind:
        case "range":
            return f"for values from ({_list(system, part.low)}) to ({_list(system, part.high)})"
        case "list":
            return f"for values in ({_list(system, part.values)})"
        case "hash":
            return f"for values with (modulus {part.modulus}, remainder {part.remainder})"
        case "default":
            return "default"


def _list(system: SystemIR, bounds: Iterable[Bound]) -> str:
    return ", ".join(_text(system, bound) for bound in bounds)


def _text(system: SystemIR, bound: Bound) -> str:
    if isinstance(bound, str):
        return bound
    return bound.sql if isinstance(bound, SqlText) else print_sql(lower(bound, Scope(system)))
