"""Rows as Python objects: what resolvers and user code see."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from api.graphql.engine.meaning import Member, Struct
from api.graphql.engine.scalars import load
from api.graphql.engine.tables import Tables

Type = TypeVar("Type")


class Row:
    """Base of the generated types of entities."""


def build(tables: Tables, type_: type[Type], data: dict[str, Any]) -> Type:
    """Return an object of a generated type from PostgreSQL's JSON of the row (by member name)."""
    values = {
        meaning.attribute: _value(tables, meaning, data.get(meaning.member))
        for meaning in _members(tables, name_of(type_))
    }
    return type_(**values)


def name_of(type_: type) -> str:
    """Return the name of a generated type in the schema; its class may be called otherwise."""
    definition = getattr(type_, "__strawberry_definition__", None)
    return str(definition.name) if definition is not None else type_.__name__


def entity_of(tables: Tables, row: Row) -> str:
    """Return the entity of a row."""
    return tables.objects[name_of(type(row))].entity


@cache
def _members(tables: Tables, name: str) -> tuple[Member | Struct, ...]:
    found = tables.objects[name].fields.values()
    return tuple(meaning for meaning in found if isinstance(meaning, Member | Struct))


def _value(tables: Tables, meaning: Member | Struct, value: Any) -> Any:
    if value is None:
        return None
    if meaning.many:
        return [_single(tables, meaning, item) for item in value]
    return _single(tables, meaning, value)


def _single(tables: Tables, meaning: Member | Struct, value: Any) -> Any:
    if isinstance(meaning, Struct):
        return build(
            tables, getattr(tables.structs, tables.classes.get(meaning.struct, meaning.struct)), value
        )
    enum = getattr(tables.enums, tables.classes.get(meaning.type, meaning.type), None)
    return load(meaning.type, value) if enum is None else enum(value)
