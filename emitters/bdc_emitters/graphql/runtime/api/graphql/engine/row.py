"""Rows as Python objects: what resolvers and user code see."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from api.graphql import enums, structs
from api.graphql.engine.meaning import Member, Struct
from api.graphql.engine.scalars import load
from api.graphql.table import CLASSES, OBJECTS

Type = TypeVar("Type")


class Row:
    """Base of the generated types of entities."""


def build(type_: type[Type], data: dict[str, Any]) -> Type:
    """Return an object of a generated type from PostgreSQL's JSON of the row (by member name)."""
    values = {
        meaning.attribute: _value(meaning, data.get(meaning.member)) for meaning in _members(name_of(type_))
    }
    return type_(**values)


def name_of(type_: type) -> str:
    """Return the name of a generated type in the schema; its class may be called otherwise."""
    definition = getattr(type_, "__strawberry_definition__", None)
    return str(definition.name) if definition is not None else type_.__name__


def entity_of(row: Row) -> str:
    """Return the entity of a row."""
    return OBJECTS[name_of(type(row))].entity


@cache
def _members(name: str) -> tuple[Member | Struct, ...]:
    found = OBJECTS[name].fields.values()
    return tuple(meaning for meaning in found if isinstance(meaning, Member | Struct))


def _value(meaning: Member | Struct, value: Any) -> Any:
    if value is None:
        return None
    if meaning.many:
        return [_single(meaning, item) for item in value]
    return _single(meaning, value)


def _single(meaning: Member | Struct, value: Any) -> Any:
    if isinstance(meaning, Struct):
        return build(getattr(structs, CLASSES.get(meaning.struct, meaning.struct)), value)
    enum = getattr(enums, CLASSES.get(meaning.type, meaning.type), None)
    return load(meaning.type, value) if enum is None else enum(value)
