"""What types and fields of the new schema were called in the old one."""

from collections.abc import Callable, Mapping

from bdc.changes.sides import Sides
from bdc.ir import SystemIR
from bdc.naming.casing import camel, snake
from bdc.surface.graphql.tree import Call, EnumValue, Field, Get, InputField, Page, Schema, Task

_PREFIXES = ("", "Create", "Update")


class EarlierNames:
    """Follows renames of entities, enums and fields into the names that the schema derives from them."""

    def __init__(self, sides: Sides, new: Schema, old_types: Mapping[str, object]) -> None:
        self._renames = sides.renames
        self._named = {**sides.renames.entities, **sides.renames.enums}
        self._old_types = old_types
        self._entities = _entities(sides.new, new)

    def type(self, name: str) -> str:
        """Return the old name of a type: `ClientConnection` was `CustomerConnection`."""
        for new, old in self._named.items():
            for prefix in _PREFIXES:
                if name.startswith(prefix + new):
                    candidate = prefix + old + name.removeprefix(prefix + new)
                    if candidate in self._old_types:
                        return candidate
        return name

    def cause_of_type(self, name: str) -> str:
        """Return the rename that gave a new type its name."""
        for new, old in self._named.items():
            if any(name.startswith(prefix + new) for prefix in _PREFIXES) and self.type(name) != name:
                return f"{old} -> {new}"
        return ""

    def cause_of_field(self, parent: str, field: Field | InputField) -> str:
        """Return the rename that gave a field of the new type `parent` its name."""
        if isinstance(field, Field) and isinstance(field.meaning, Get | Page | Call | Task):
            for new, old in self._named.items():
                if new in field.name or camel(snake(new)) in field.name:
                    return f"{old} -> {new}"
            return ""
        entity = self._entities.get(parent, parent)
        names = (field.source, field.source.removesuffix("_id"))
        return next((cause for name in names if (cause := self._renames.cause(entity, name))), "")

    def cause_of_value(self, enum: str, value: EnumValue) -> str:
        """Return the rename that gave a value of the new enum `enum` its name."""
        entity = self._entities.get(enum)
        if entity is None:
            return self._renames.cause(enum, value.name)
        return self._renames.cause(entity, value.source.removeprefix("-"))

    def field(self, parent: str) -> Callable[[Field | InputField], object]:
        """Return what gives the old name of a field of the new type `parent`."""
        entity = self._entities.get(parent, parent)

        def earlier(field: Field | InputField) -> object:
            if isinstance(field, Field) and isinstance(field.meaning, Get | Page | Call | Task):
                return self._operation(field)
            base = field.source.removesuffix("_id")
            for name, suffix in ((field.source, ""), (base, field.source[len(base) :])):
                was = self._renames.field(entity, name)
                if was != name:
                    return camel(was + suffix)
            return field.name

        return earlier

    def value(self, enum: str) -> Callable[[EnumValue], object]:
        """Return what gives the old name of a value of the new enum `enum`, declared or an order of a list."""
        entity = self._entities.get(enum)

        def earlier(value: EnumValue) -> object:
            if entity is None:
                return self._renames.value(enum, value.name)
            field = value.source.removeprefix("-")
            was = self._renames.field(entity, field)
            return was.upper() + value.name.removeprefix(field.upper())

        return earlier

    def _operation(self, field: Field) -> str:
        """`createClient` was `createCustomer`, `clients` was `customers`."""
        for new, old in self._named.items():
            for after, before in ((new, old), (camel(snake(new)), camel(snake(old)))):
                if after in field.name:
                    return field.name.replace(after, before, 1)
        return field.name


def _entities(system: SystemIR, schema: Schema) -> dict[str, str]:
    """The entity behind each input and each order of a resource; other types are called like what they are made from."""
    return {
        f"{prefix}{name}{suffix}": system.stored(resource.entity)
        for resource in schema.resources
        for name in (resource.entity, resource.row)
        for prefix, suffix in (("Create", "Input"), ("Update", "Input"), ("", "Filter"), ("", "Sort"))
    }
