"""How many rows, pages and distinct values each table and column has at the declared load."""

from bdc.advice.widths import PAGE, row_bytes
from bdc.ir import Column, EnumType, ReferenceField, Scalar, ScalarType, SystemIR, Table
from bdc.source.records import dataclass

_SMALL = 1000  # rows of a table whose size is not declared
_SOME = -0.5  # distinct values of a text, as a share of the rows
_NULLS = 0.3
_BYTES = {
    Scalar.BOOL: 1,
    Scalar.INT: 4,
    Scalar.DATE: 4,
    Scalar.UUID: 16,
    Scalar.BIGINT: 8,
    Scalar.TIMESTAMP: 8,
}


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """As PostgreSQL keeps them: `distinct` below 0 is a share of the rows."""

    name: str
    distinct: float
    nulls: float
    width: int
    correlation: float


@dataclass(frozen=True, slots=True)
class TableStatistics:
    """`pages` of 8 KiB; `declared`: whether `load` says how many rows there are."""

    schema: str
    table: str
    entity: str
    rows: int
    pages: int
    declared: bool
    columns: tuple[ColumnStatistics, ...]


def declared_rows(system: SystemIR) -> dict[str, int]:
    """Return the rows that `load` declares, by entity."""
    return {entry.name: entry.amount for entry in system.load.rows}


def statistics(system: SystemIR) -> tuple[TableStatistics, ...]:
    """Return the statistics of every table."""
    declared = declared_rows(system)
    return tuple(_table(system, table, declared) for table in system.tables)


def _table(system: SystemIR, table: Table, declared: dict[str, int]) -> TableStatistics:
    rows = declared.get(table.entity, _SMALL)
    pages = max(1, rows * row_bytes(system, table) // PAGE)
    columns = tuple(
        _column(system, table, column, rows, declared) for column in table.columns if not column.virtual
    )
    return TableStatistics(
        table.schema_name or "public",
        table.name,
        table.entity,
        rows,
        pages,
        table.entity in declared,
        columns,
    )


def _column(
    system: SystemIR, table: Table, column: Column, rows: int, declared: dict[str, int]
) -> ColumnStatistics:
    distinct = _distinct(system, table, column, rows, declared)
    logical = column.type
    width = _BYTES.get(logical.scalar, 24) if isinstance(logical, ScalarType) else 16
    grows = isinstance(logical, ScalarType) and logical.scalar is Scalar.TIMESTAMP
    return ColumnStatistics(
        column.name, distinct, _NULLS if column.nullable else 0.0, width, 0.9 if grows else 0.1
    )


def _distinct(system: SystemIR, table: Table, column: Column, rows: int, declared: dict[str, int]) -> float:
    """Return how many different values a column has: those of the table that it refers to, of its enum, or a share."""
    alone = [table.primary_key.columns] if table.primary_key is not None else []
    alone += [unique.columns for unique in table.uniques if unique.where is None]
    if any(columns == (column.name,) for columns in alone):
        return -1.0
    for field in system.entity(table.entity).fields:
        if isinstance(field, ReferenceField) and column.name == field.columns[-1]:
            return float(min(declared.get(field.target, _SMALL), rows))
    if isinstance(column.type, EnumType):
        return float(max(1, len(system.enum(column.type.name).values)))
    if isinstance(column.type, ScalarType) and column.type.scalar is Scalar.BOOL:
        return 2.0
    return _SOME
