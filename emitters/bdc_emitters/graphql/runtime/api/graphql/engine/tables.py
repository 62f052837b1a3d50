"""What was generated for one schema: what its fields mean, and the classes of its rows. A service has a schema for each api with GraphQL."""

from __future__ import annotations

from functools import cache, cached_property
from importlib import import_module
from typing import Any

from graphql import FieldNode

from api.graphql.engine.meaning import Meaning, ObjectTable


class Tables:
    """The modules of a `package`: `api.graphql`, or that of a further api below it."""

    def __init__(self, package: str) -> None:
        table: Any = import_module(f"{package}.table")
        self._package = package
        self.objects: dict[str, ObjectTable] = table.OBJECTS
        self.inputs: dict[str, dict[str, tuple[str, str]]] = table.INPUTS
        self.types: dict[str, str] = table.TYPES
        self.classes: dict[str, str] = table.CLASSES
        self.keys: dict[str, tuple[tuple[str, str], ...]] = table.KEYS

    def type_of(self, entity: str) -> str:
        """Return the type of an entity's rows."""
        return self.types.get(entity, entity)

    def of(self, entity: str) -> ObjectTable:
        """Return the fields of an entity's rows."""
        return self.objects[self.type_of(entity)]

    def meaning(self, type_: str, field: FieldNode) -> Meaning | None:
        """Return what a field means; None when only a resolver knows."""
        table = self.objects.get(type_)
        return table.fields.get(field.name.value) if table is not None else None

    def body(self, input_: str, value: Any) -> Any:
        """Return an input object with the member names of REST, however deep; values of other types as they are."""
        fields = self.inputs.get(input_)
        if fields is None:
            return value
        if type(value) is list:
            return [self.body(input_, item) for item in value]
        if type(value) is not dict:
            return value
        found = {}
        for name, item in value.items():
            member, nested = fields[name]
            found[member] = self.body(nested, item)
        return found

    @cached_property
    def enums(self) -> Any:
        """The module of the enums."""
        return import_module(f"{self._package}.enums")

    @cached_property
    def structs(self) -> Any:
        """The module of the value objects."""
        return import_module(f"{self._package}.structs")

    @cached_property
    def page_info(self) -> Any:
        """The class of `PageInfo`."""
        return import_module(f"{self._package}.paging").PageInfo

    @cached_property
    def nodes(self) -> Any:
        """The module of the classes that global ids lead to."""
        return import_module(f"{self._package}.nodes")

    @cached_property
    def schema(self) -> Any:
        """The schema with resolvers."""
        return import_module(f"{self._package}.schema").SCHEMA


@cache
def tables_of(package: str) -> Tables:
    """Return the modules of a package, imported with the first question."""
    return Tables(package)
