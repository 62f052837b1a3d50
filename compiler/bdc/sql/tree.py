"""Parse trees as plain data: a kind, an offset, and fields under the names of PostgreSQL's own node types."""

from collections.abc import Iterator, Mapping
from typing import Any

from bdc.source.records import dataclass
from bdc.sql.offsets import Offsets

_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Node:
    """`kind` is the type of PostgreSQL (`SelectStmt`, `ColumnRef`); `at` the offset in characters, -1 where there is none. String
    nodes are plain `str`, lists are tuples, enum values their names; what has its default value is absent from `fields`."""

    kind: str
    at: int
    fields: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields.get(name, default)

    def text(self, name: str) -> str:
        return str(self.fields.get(name, ""))

    def node(self, name: str) -> "Node | None":
        found = self.fields.get(name)
        return found if isinstance(found, Node) else None

    def items(self, name: str) -> tuple[Any, ...]:
        found = self.fields.get(name, ())
        return found if isinstance(found, tuple) else (found,)

    def nodes(self, name: str) -> tuple["Node", ...]:
        return tuple(item for item in self.items(name) if isinstance(item, Node))

    def strings(self, name: str) -> tuple[str, ...]:
        return tuple(item for item in self.items(name) if isinstance(item, str))


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly below, in the order of the fields."""
    for value in node.fields.values():
        yield from nodes_in(value)


def nodes_in(value: Any) -> Iterator[Node]:
    """Yield the nodes of a field, whatever lists they stand in."""
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from nodes_in(item)


def convert(message: Any, offsets: Offsets) -> Any:
    """Return a protobuf message of the parser as a `Node` (a `str` for a String node)."""
    message = _unwrapped(message)
    kind = str(message.DESCRIPTOR.name)
    if kind == "String":
        return str(message.sval)
    if kind == "List":
        return tuple(convert(item, offsets) for item in message.items)
    fields = {field.name: _value(field, value, offsets) for field, value in message.ListFields()}
    fields.pop("location", None)
    known = "location" in message.DESCRIPTOR.fields_by_name
    at = offsets.character(message.location) if known and message.location >= 0 else _NOWHERE
    return Node(kind, at, fields)


def _value(field: Any, value: Any, offsets: Offsets) -> Any:
    if hasattr(value, "ListFields"):
        return convert(value, offsets)
    if field.message_type is not None:
        return tuple(convert(item, offsets) for item in value)
    if field.enum_type is not None and isinstance(value, int):
        return field.enum_type.values_by_number[value].name
    return value


def _unwrapped(message: Any) -> Any:
    if message.DESCRIPTOR.name != "Node":
        return message
    inner = message.WhichOneof("node")
    return getattr(message, inner) if inner else message
