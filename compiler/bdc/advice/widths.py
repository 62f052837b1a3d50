"""How many bytes a row takes in PostgreSQL: header, alignment and average widths of its columns."""

from bdc.ir import (
    ArrayType,
    Column,
    EntityType,
    EnumType,
    Scalar,
    ScalarType,
    StructType,
    SystemIR,
    Table,
    Type,
    label_of,
)

PAGE = 8192 - 24
TUPLE_HEADER = 24
ITEM_POINTER = 4
INDEX_HEADER = 8
INDEX_FILL = 0.9
# A text without a length, and a document: what people write into them on average.
TEXT, JSON, BYTES, SHORT_TEXT = 120, 200, 1024, 24
_FIXED = {
    Scalar.BOOL: (1, 1),
    Scalar.INT: (4, 4),
    Scalar.DATE: (4, 4),
    Scalar.BIGINT: (8, 8),
    Scalar.FLOAT: (8, 8),
    Scalar.TIMESTAMP: (8, 8),
    Scalar.TIME: (8, 8),
    Scalar.DURATION: (16, 8),
    Scalar.UUID: (16, 1),
}


def row_bytes(system: SystemIR, table: Table) -> int:
    """Return what one row takes in its table, its pointer included."""
    size = 0.0
    for column in table.columns:
        if column.virtual:
            continue
        width, alignment = _width(system, column)
        # Of values that may be null, some are.
        size = _aligned(size, alignment) + width * (0.7 if column.nullable else 1.0)
    nulls = any(column.nullable for column in table.columns) and len(table.columns) > 8
    return int(_aligned(TUPLE_HEADER + (8 if nulls else 0) + size, 8)) + ITEM_POINTER


def index_bytes(system: SystemIR, table: Table) -> int:
    """Return what the indexes of one row take together: primary key, unique keys, and the others."""
    keys = [table.primary_key.columns] if table.primary_key else []
    keys += [unique.columns for unique in table.uniques]
    plain = [index for index in table.indexes if not index.search]
    keys += [tuple(key.column for key in index.keys if key.column) for index in plain]
    total = sum(_entry(system, table, columns) for columns in keys)
    searched = [index for index in table.indexes if index.search]
    return total + sum(_search(system, table, [key.column for key in index.keys]) for index in searched)


def _entry(system: SystemIR, table: Table, columns: tuple[str, ...]) -> int:
    size = 0.0
    for name in columns:
        width, alignment = _width(system, table.column(name))
        size = _aligned(size, alignment) + width
    return int((_aligned(INDEX_HEADER + (size or 16), 8) + ITEM_POINTER) / INDEX_FILL)


def _search(system: SystemIR, table: Table, columns: list[str | None]) -> int:
    """An inverted index keeps about half of the text that it is over."""
    names = [name for name in columns if name is not None]
    return int(sum(_width(system, table.column(name))[0] for name in names) / 2) or TEXT // 2


def _width(system: SystemIR, column: Column) -> tuple[float, int]:
    """Return (bytes, alignment). What is encrypted is longer by a nonce and a tag, and base64."""
    width, alignment = type_width(system, column.type)
    return (width * 1.37 + 60, 1) if column.encrypted else (width, alignment)


def type_width(system: SystemIR, logical: Type) -> tuple[float, int]:
    """Return the average bytes of a value, and the boundary that it begins at."""
    match logical:
        case ScalarType(scalar=scalar) if scalar in _FIXED:
            return _FIXED[scalar]
        case ScalarType(scalar=Scalar.DECIMAL):
            return 7, 1
        case ScalarType(scalar=Scalar.JSON):
            return JSON, 4
        case ScalarType(scalar=Scalar.BYTES):
            return BYTES, 4
        case ScalarType():
            return _text(logical), 1
        case EnumType(name=name):
            enum = system.enum(name)
            lengths = [len(label_of(value)) for value in enum.values]
            return (4, 4) if enum.native else (1 + sum(lengths) / max(1, len(lengths)), 1)
        case StructType(name=name):
            members = system.struct(name).fields
            # jsonb: a header, and a name, an entry and a value per member.
            return 8 + sum(8 + len(each.name) + type_width(system, each.type)[0] for each in members), 4
        case ArrayType(item=item):
            return 24 + 2 * type_width(system, item)[0], 4
        case EntityType():
            return 16, 1


def _text(logical: ScalarType) -> float:
    low, high = logical.min_length or 0, logical.max_length
    if high is None:
        return 1 + (TEXT if logical.scalar is Scalar.TEXT else SHORT_TEXT)
    return 1 + max(low, min((low + high) / 2, SHORT_TEXT if high <= 320 else TEXT))


def _aligned(size: float, alignment: int) -> float:
    return -(-size // alignment) * alignment
