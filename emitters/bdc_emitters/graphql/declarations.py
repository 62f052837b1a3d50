"""Single declarations of the emitted Strawberry code, as text: fields, arguments, inputs, enums and what a resolver does."""

from collections.abc import Iterable

from bdc_emitters.graphql.annotations import Annotations, module_of
from bdc_emitters.graphql.names import camel, enum_member, python_name
from bdc_emitters.graphql.tree import (
    Argument,
    Call,
    EnumType,
    Field,
    Get,
    InputField,
    InputType,
    ListOf,
    Many,
    Named,
    ObjectType,
    One,
    Page,
    base_name,
)


def mentioned(type_: ObjectType | InputType) -> Iterable[str]:
    """Yield the names of all types that `type_` uses."""
    for field in type_.fields:
        yield base_name(field.type)
        if isinstance(field, Field):
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
    name = python_name(argument.source)
    written = annotations.of(argument.type)
    options = field_options(name, argument.name, argument.doc, None)
    if options:
        written = f"Annotated[{written}, strawberry.argument({options})]"
    if argument.default is not None:
        return f"{name}: {written} = {argument.default}"
    return f"{name}: {written} = strawberry.UNSET" if argument.type.nullable else f"{name}: {written}"


def input_declaration(field: InputField, annotations: Annotations) -> str:
    """Return one line of an input's class; what may be left out is unset then."""
    name = python_name(field.source)
    options = field_options(name, field.name, field.doc, field.deprecated)
    if field.type.nullable:
        options = ", ".join(filter(None, ("default=strawberry.UNSET", options)))
    value = f" = strawberry.field({options})" if options else ""
    return f"{name}: {annotations.of(field.type)}{value}"


def resolver_lines(field: Field, annotations: Annotations) -> tuple[str, ...]:
    """Return the lines that resolve a field; none for one that is stored in the object."""
    target = base_name(field.type)
    match field.meaning:
        case One():
            return (_import(target), f"return await resolve.one(self, info, {target})")
        case Many():
            return (_import(target), f"return await resolve.many(self, info, {target})")
        case Get():
            return (_import(target), f"return await resolve.get(info, {target})")
        case Page():
            return (_import(target), f"return await resolve.page(info, {target})")
        case Call():
            return _call(field, field.meaning, target, annotations)
        case _:
            return ()


def _call(field: Field, call: Call, target: str, annotations: Annotations) -> tuple[str, ...]:
    if call.entity is not None:
        return (_import(target), f"return await resolve.written(info, {target})")
    if isinstance(field.type, Named) and target == "Boolean":
        return ("return await resolve.done(info)",)
    kind = "values" if isinstance(field.type, ListOf) else "value"
    if annotations.is_separate(target):
        return (_import(target), f"return await resolve.{kind}(info, {target})")
    return (f"return await resolve.{kind}(info, {annotations.of(Named(target))})",)


def _import(target: str) -> str:
    return f"from {module_of(target)} import {target}"


def enum_members(enum: EnumType) -> tuple[str, ...]:
    """Return the lines of an enum's class."""
    members = []
    for value in enum.values:
        name = enum_member(value.name)
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
