"""What each field, argument and enum value of a schema is called in the emitted Python."""

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from bdc.naming.distinct import aside, distinct
from bdc.naming.python import KEYWORDS
from bdc.source.records import replace
from bdc.surface.graphql.tree import Argument, EnumType, Field, InputField, InputType, ObjectType, Schema

# What the declarations of a module refer to: a member of such a name would hide it from the lines below.
_NEEDED = KEYWORDS | frozenset(
    [
        "self",
        "info",
        "int",
        "str",
        "float",
        "bool",
        "list",
        "datetime",
        "decimal",
        "uuid",
        "strawberry",
        "field",
        "resolve",
        "Annotated",
        "Enum",
        "Row",
        "JSON",
        "Base64",
        "BigInt",
        "Duration",
    ]
)
# Attributes that every enum class already has, and what a Strawberry class keeps for itself.
_IN_ENUMS = KEYWORDS | {"strawberry", "name", "value", "mro", "names", "self", "info", "row"}
# What modules use beside the classes of types.
_AROUND_TYPES = KEYWORDS | frozenset(
    [
        "Row",
        "JSON",
        "Base64",
        "BigInt",
        "Duration",
        "Annotated",
        "Enum",
        "TYPE_CHECKING",
        "field",
        "resolve",
        "strawberry",
        "datetime",
        "decimal",
        "uuid",
        "int",
        "str",
        "float",
        "bool",
        "list",
        "annotations",
        "SCALARS",
        "SCHEMA",
        "EXTENSIONS",
        "assemble",
    ]
)

Named = TypeVar("Named", Field, Argument, InputField)


def class_name(type_name: str) -> str:
    """Return the class of a type: its name, unless modules use that for something else."""
    return aside(type_name, _AROUND_TYPES)


def python_name(name: str) -> str:
    """Return `name` as a Python attribute or parameter that shadows nothing needed; what begins with `_` is private to Python. Filters
    may have paths for names."""
    return aside(_public(name.replace(".", "_")), _NEEDED)


def enum_member(name: str) -> str:
    """Return `name` as a member of a Python enum class."""
    return aside(_public(name), _IN_ENUMS)


def _public(name: str) -> str:
    public = name.lstrip("_")
    if public == name:
        return name
    return f"{public}_" if public[:1].isalpha() else f"field_{public}"


def with_python_names(schema: Schema) -> Schema:
    """Return the schema with a name in Python for everything that stands in a class, each once in its class. The fields of a root
    stand in several classes, which one class inherits."""
    queries, mutations = iter(_distinct(schema.queries)), iter(_distinct(schema.mutations))
    resources = tuple(
        replace(
            each,
            inputs=tuple(map(_input, each.inputs)),
            enums=tuple(map(_enum, each.enums)),
            queries=tuple(islice(queries, len(each.queries))),
            mutations=tuple(islice(mutations, len(each.mutations))),
        )
        for each in schema.resources
    )
    return replace(
        schema,
        enums=tuple(map(_enum, schema.enums)),
        structs=tuple(map(named_object, schema.structs)),
        objects=tuple(map(named_object, schema.objects)),
        shared_inputs=tuple(map(_input, schema.shared_inputs)),
        resources=resources,
        operation_queries=tuple(islice(queries, len(schema.operation_queries))),
        task_queries=tuple(islice(queries, len(schema.task_queries))),
        relay_queries=tuple(queries),
        interfaces=tuple(map(named_object, schema.interfaces)),
        operation_mutations=tuple(islice(mutations, len(schema.operation_mutations))),
        task_mutations=tuple(mutations),
        task_types=tuple(map(named_object, schema.task_types)),
        task_inputs=tuple(map(_input, schema.task_inputs)),
    )


def _distinct(members: Iterable[Named]) -> tuple[Named, ...]:
    found = tuple(members)
    names = distinct((each.name, python_name(each.source)) for each in found)
    return tuple(
        replace(each, python=names[each.name], arguments=_distinct(each.arguments))
        if isinstance(each, Field)
        else replace(each, python=names[each.name])
        for each in found
    )


def named_object(type_: ObjectType) -> ObjectType:
    """Return the type with a name in Python for each field."""
    return replace(type_, fields=_distinct(type_.fields))


def _input(type_: InputType) -> InputType:
    return replace(type_, fields=_distinct(type_.fields))


def _enum(type_: EnumType) -> EnumType:
    names = distinct((each.name, enum_member(each.name)) for each in type_.values)
    return replace(type_, values=tuple(replace(each, python=names[each.name]) for each in type_.values))
