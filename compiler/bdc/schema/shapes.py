"""The shapes of values inside columns, from the specification: see `bdc.catalog.shapes`."""

from collections.abc import Iterator, Mapping
from typing import Literal

from bdc.catalog import (
    AnyShape,
    Database,
    EnumShape,
    ListShape,
    MemberShape,
    RecursiveShape,
    ScalarShape,
    SealedShape,
    Shape,
    StructShape,
    Table,
)
from bdc.ddl.names import Name
from bdc.ir import (
    ArrayType,
    EnumType,
    Scalar,
    ScalarType,
    StructType,
    SystemIR,
    Type,
    label_of,
)
from bdc.ir import Table as IrTable
from bdc.schema.column_types import value_condition
from bdc.schema.names import name_of

_NUMBERS = (Scalar.INT, Scalar.BIGINT, Scalar.FLOAT)
_ANY = AnyShape()


def with_shapes(database: Database, system: SystemIR, *, free_json: bool = False) -> Database:
    """Return `database`, which was made from `system`, with the shapes of its columns. `free_json`: columns of any JSON have one too, which
    a plan compares and no state keeps."""
    shapes = {name_of(table): dict(_shapes(system, table, free_json)) for table in system.tables}
    found = {table.name: shapes.get(table.name, {}) for table in database.tables}
    for table in database.tables:
        if table.parent is not None:
            found[table.name] = found.get(_root(database, table), {})
    return database.model_copy(
        update={"tables": tuple(_shaped(table, found[table.name]) for table in database.tables)}
    )


def _root(database: Database, table: Table) -> Name:
    while table.parent is not None:
        table = database.table(table.parent)
    return table.name


def _shaped(table: Table, shapes: Mapping[str, Shape]) -> Table:
    if not shapes:
        return table
    columns = tuple(
        column.model_copy(update={"shape": shapes[column.name]}) if column.name in shapes else column
        for column in table.columns
    )
    return table.model_copy(update={"columns": columns})


def _shapes(system: SystemIR, table: IrTable, free_json: bool) -> Iterator[tuple[str, Shape]]:
    for column in table.columns:
        place = f"{table.name}.{column.name}"
        found = SealedShape(place=place) if column.encrypted else column_shape(system, column.type)
        if found is None and free_json and not column.encrypted:
            found = _free(system, column.type)
        if found is not None:
            yield column.name, found


def _free(system: SystemIR, logical: Type) -> Shape | None:
    """Return the shape of what may become a struct, or a list of an enum."""
    match logical:
        case ScalarType(scalar=Scalar.JSON):
            return _ANY
        case ArrayType(item=ScalarType() as item):
            return _native_list(system, item)
    return None


def _native_list(system: SystemIR, item: ScalarType) -> ListShape:
    """Items of an array are compared as their texts."""
    return ListShape(item=_scalar(system, item).model_copy(update={"json_type": "string"}), native=True)


def column_shape(system: SystemIR, logical: Type) -> Shape | None:
    """Return the shape of the values in a column of this type; None where PostgreSQL knows it."""
    match logical:
        case StructType():
            return shape_of(system, logical)
        case ArrayType(item=StructType() as item):
            return ListShape(item=shape_of(system, item))
        case ArrayType(item=EnumType(name=name) as item) if system.enum(name).native is None:
            return ListShape(item=shape_of(system, item), native=True)
        case ArrayType(item=ScalarType() as item) if value_condition(system, item)[1] is not None:
            return _native_list(system, item)
    return None


def shape_of(system: SystemIR, logical: Type, around: tuple[str, ...] = ()) -> Shape:
    """Return the shape of a JSON value of this type. `around`: the structs that it is part of."""
    match logical:
        case EnumType(name=name):
            labels = tuple(label_of(value) for value in system.enum(name).values)
            return EnumShape(name=name, labels=labels)
        case StructType(name=name) if name in around:
            return RecursiveShape(name=name)
        case StructType(name=name):
            members = tuple(
                MemberShape(
                    name=field.name,
                    shape=shape_of(system, field.type, (*around, name)),
                    nullable=field.nullable,
                )
                for field in system.struct(name).fields
            )
            return StructShape(name=name, members=members)
        case ArrayType(item=item):
            return ListShape(item=shape_of(system, item, around))
        case ScalarType(scalar=Scalar.JSON):
            return _ANY
        case ScalarType():
            return _scalar(system, logical)
    raise TypeError(f"{logical!r} is no value")


def _scalar(system: SystemIR, logical: ScalarType) -> ScalarShape:
    json_type: Literal["string", "number", "boolean"] = "string"
    if logical.scalar in _NUMBERS:
        json_type = "number"
    elif logical.scalar is Scalar.BOOL:
        json_type = "boolean"
    kind, condition = value_condition(system, logical)
    return ScalarShape(json_type=json_type, type=kind, condition=condition)
