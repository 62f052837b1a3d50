"""Values written in a document, as plain JSON values in which a variable is a `Ref`.

For a statement, a variable that holds an object is opened up into an object of references, so that what it *has* decides the
statement and what it *says* is bound to it: `shape_of` gives the part of a value that decides. For an operation of the
service it stays whole (`opened` False).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

Variables = Mapping[str, Any]
Getter = Callable[[Variables], Any]
MISSING = object()


class Ref(NamedTuple):
    """A value that comes with the request: a variable, and the way down into it."""

    name: str
    path: tuple[str | int, ...] = ()

    def getter(self) -> Getter:
        """Return the function that fetches it from a request's variables."""
        name, path = self
        if not path:
            return lambda variables: variables[name]
        if len(path) == 1:
            first = path[0]
            return lambda variables: variables[name][first]

        def get(variables: Variables) -> Any:
            value = variables[name]
            for step in path:
                value = value[step]
            return value

        return get


def read_arguments(field: FieldNode, variables: Variables, *, opened: bool = True) -> dict[str, Any]:
    """Return the arguments that are given; a variable without a value is as good as no argument."""
    found = {}
    for argument in field.arguments or ():
        value = read(argument.value, variables, opened)
        if value is not MISSING:
            found[argument.name.value] = value
    return found


def read(node: ValueNode, variables: Variables, opened: bool = True) -> Any:
    """Return the value of `node`; MISSING for a variable that has none."""
    match node:
        case VariableNode():
            name = node.name.value
            if name not in variables:
                return MISSING
            return _opened(Ref(name), variables[name]) if opened else Ref(name)
        case NullValueNode():
            return None
        case IntValueNode():
            return int(node.value)
        case FloatValueNode():
            return Decimal(node.value)
        case StringValueNode() | BooleanValueNode() | EnumValueNode():
            return node.value
        case ListValueNode():
            items = [read(item, variables, opened) for item in node.values]
            return [None if item is MISSING else item for item in items]
        case ObjectValueNode():
            fields = ((each.name.value, read(each.value, variables, opened)) for each in node.fields)
            return {name: value for name, value in fields if value is not MISSING}
    raise TypeError(type(node).__name__)


def _opened(ref: Ref, value: Any) -> Any:
    if value is None:
        return None
    if type(value) is dict:
        return {name: _opened(Ref(ref.name, (*ref.path, name)), item) for name, item in value.items()}
    if _holds_objects(value):
        return [_opened(Ref(ref.name, (*ref.path, at)), item) for at, item in enumerate(value)]
    return ref


def _holds_objects(value: Any) -> bool:
    return type(value) is list and any(type(item) is dict for item in value)


def resolved(value: Any, variables: Variables) -> Any:
    """Return `value` with every reference replaced by what the request gives."""
    if isinstance(value, Ref):
        return value.getter()(variables)
    if type(value) is dict:
        return {name: resolved(item, variables) for name, item in value.items()}
    if type(value) is list:
        return [resolved(item, variables) for item in value]
    return value


def shape_of(value: Any) -> Any:
    """Return what of a variable's value decides the statement: which members it has and which are null, and how many objects a list
    has; texts and numbers are all alike. Hashable."""
    if value is None:
        return None
    if type(value) is dict:
        return tuple(sorted((name, shape_of(item)) for name, item in value.items()))
    if _holds_objects(value):
        return ("[", *map(shape_of, value))
    return True
