"""Single declarations of the emitted Strawberry code, as text: fields, arguments, inputs, enums and what a resolver does."""

from collections.abc import Iterable

from bdc.naming.casing import camel
from bdc.surface.graphql.python_names import class_name
from bdc.surface.graphql.tree import (
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
    Node,
    ObjectType,
    One,
    Page,
    Task,
    base_name,
)
from bdc.surface.relay import TYPE as NODE_TYPE
from bdc_emitters.graphql.annotations import Annotations


def mentioned(type_: ObjectType | InputType) -> Iterable[str]:
    """Yield the names of all types that `type_` uses."""
    if isinstance(type_, ObjectType) and type_.node:
        yield NODE_TYPE
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
    name = argument.python
    written = annotations.of(argument.type)
    options = field_options(name, argument.name, argument.doc, None)
    if options:
        written = f"Annotated[{written}, strawberry.argument({options})]"
    if argument.default is not None:
        return f"{name}: {written} = {argument.default}"
    return f"{name}: {written} = strawberry.UNSET" if argument.type.nullable else f"{name}: {written}"


def input_declaration(field: InputField, annotations: Annotations) -> str:
    """Return one line of an input's class; what may be left out is unset then."""
    name = field.python
    options = field_options(name, field.name, field.doc, field.deprecated)
    if field.type.nullable and not options:
        return f"{name}: {annotations.of(field.type)} = strawberry.UNSET"
    if field.type.nullable:
        options = f"default=strawberry.UNSET, {options}"
    value = f" = strawberry.field({options})" if options else ""
    return f"{name}: {annotations.of(field.type)}{value}"


def resolver_lines(field: Field, annotations: Annotations) -> tuple[str, ...]:
    """Return the lines that resolve a field; none for one that is stored in the object."""
    target = base_name(field.type)
    match field.meaning:
        case One():
            return _resolved(annotations, target, "one", "self, ")
        case Many():
            return _resolved(annotations, target, "many", "self, ")
        case Get():
            return _resolved(annotations, target, "get")
        case Page():
            return _resolved(annotations, target, "page")
        case Node(many=many):
            imports = (
                "from api.graphql.engine import nodes",
                f"from {annotations.package}.nodes import class_of",
            )
            if many:
                return (*imports, "return await nodes.nodes(info, class_of)")
            return (*imports, "found: Node | None = await nodes.node(info, class_of)", "return found")
        case Task():
            if target == "Boolean":
                return ("return await resolve.task_done(info)",)
            return (f"return await resolve.task(info, {class_name(target)})",)
        case Call():
            return _call(field, field.meaning, target, annotations)
        case _:
            return ()


def _call(field: Field, call: Call, target: str, annotations: Annotations) -> tuple[str, ...]:
    if call.entity is not None:
        return _resolved(annotations, target, "written")
    if isinstance(field.type, Named) and target == "Boolean":
        return ("return await resolve.done(info)",)
    kind = "values" if isinstance(field.type, ListOf) else "value"
    if annotations.is_separate(target):
        return _resolved(annotations, target, kind)
    return (f"return await resolve.{kind}(info, {annotations.of(Named(target))})",)


def _resolved(annotations: Annotations, target: str, how: str, first: str = "") -> tuple[str, str]:
    """Return the lines that import the class of `target` and resolve with it."""
    class_ = class_name(target)
    return (
        f"from {annotations.module_of(target)} import {class_}",
        f"return await resolve.{how}({first}info, {class_})",
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
