"""Single declarations of the emitted Strawberry code, as text: fields, arguments, inputs, enums and what a resolver does."""

from collections.abc import Iterable

from bdc.naming.casing import camel
from bdc.surface.graphql.python_names import class_name
from bdc.surface.graphql.tree import (
    Argument,
    EnumType,
    Field,
    Many,
    ObjectType,
    One,
    base_name,
)
from bdc.surface.relay import TYPE as NODE_TYPE
from bdc_emitters.graphql.annotations import Annotations


def mentioned(type_: ObjectType) -> Iterable[str]:
    """Yield the names of all types that `type_` uses."""
    if type_.node:
        yield NODE_TYPE
    for field in type_.fields:
        yield base_name(field.type)
        yield from (base_name(argument.type) for argument in field.arguments)


def type_options(name: str, doc: str) -> str:
    """Return the call that follows `@strawberry.type` and its like."""
    description = f", description={doc!r}" if doc else ""
    return f"(name={name!r}{description})"


def field_options(python: str, graphql: str, doc: str, deprecated: str | None) -> str:
    """Return the keyword arguments of a field; Strawberry finds the camelCase name by itself."""
    found = [] if camel(python) == graphql else [f"name={graphql!r}"]
    found += [f"description={doc!r}"] if doc else []
    found += [f"deprecation_reason={deprecated!r}"] if deprecated is not None else []
    return ", ".join(found)


def argument_declaration(argument: Argument, annotations: Annotations) -> str:
    """Return one parameter of a resolver: `first: Annotated[int, …] = 20`."""
    name = argument.python
    written = annotations.of(argument.type)
    options = field_options(name, argument.name, argument.doc, None)
    if options:
        written = f"Annotated[{written}, strawberry.argument({options})]"
    if argument.default is not None:
        return f"{name}: {written} = {argument.default}"
    return f"{name}: {written} = strawberry.UNSET" if argument.type.nullable else f"{name}: {written}"


def resolver_lines(field: Field, annotations: Annotations) -> tuple[str, ...]:
    """Return the lines that resolve a field; none for one that is stored in the object."""
    target = base_name(field.type)
    match field.meaning:
        case One():
            return _resolved(annotations, target, "one")
        case Many():
            return _resolved(annotations, target, "many")
        case _:
            return ()


def _resolved(annotations: Annotations, target: str, how: str) -> tuple[str, str]:
    """Return the lines that import the class of `target` and resolve with it."""
    class_ = class_name(target)
    return (
        f"from {annotations.module_of(target)} import {class_}",
        f"return await resolve.{how}(self, info, {class_})",
    )


def enum_members(enum: EnumType) -> tuple[str, ...]:
    """Return the lines of an enum's class."""
    members = []
    for value in enum.values:
        name = value.python
        options = [] if name == value.name else [f"name={value.name!r}"]
        options += [f"description={value.doc!r}"] if value.doc else []
        options += [f"deprecation_reason={value.deprecated!r}"] if value.deprecated is not None else []
        source = repr(value.source)
        members.append(
            f"{name} = strawberry.enum_value({source}, {', '.join(options)})"
            if options
            else f"{name} = {source}"
        )
    return tuple(members)
