"""Parse trees that can be written out again: what a definition says, and its expressions as SQL text.

`bdc.sql.tree` is for looking at texts; this is for taking a definition apart. `Part.only` names the fields that the caller understands,
so that no word of a definition is lost without notice.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from bdc.source.records import dataclass

# Where a node stands, and what the parser says of every usual definition.
_SILENT = frozenset({"location", "list_start", "list_end", "query_location"})


class NotRead(Exception):
    """A definition says more than the caller understands."""


@dataclass(frozen=True, slots=True)
class Part:
    """A node: `message` is the parser's own."""

    message: Any

    @property
    def kind(self) -> str:
        return str(self.message.DESCRIPTOR.name)

    def only(self, *names: str) -> "Part":
        """Return the node itself. Raises NotRead when it says anything but `names`."""
        more = {field.name for field, _ in self.message.ListFields()} - {*names} - _SILENT
        if more:
            raise NotRead(f"{self.kind}: {', '.join(sorted(more))}")
        return self

    def has(self, name: str) -> bool:
        return any(field.name == name for field, _ in self.message.ListFields())

    def text(self, name: str) -> str:
        return str(getattr(self.message, name))

    def flag(self, name: str) -> bool:
        return bool(getattr(self.message, name))

    def number(self, name: str) -> int:
        return int(getattr(self.message, name))

    def word(self, name: str) -> str:
        """Return the name of the value of an enum."""
        field = self.message.DESCRIPTOR.fields_by_name[name]
        return str(field.enum_type.values_by_number[getattr(self.message, name)].name)

    def node(self, name: str) -> "Part | None":
        return Part(_unwrapped(getattr(self.message, name))) if self.has(name) else None

    def needed(self, name: str) -> "Part":
        """Return the node in a field. Raises NotRead where there is none."""
        found = self.node(name)
        if found is None:
            raise NotRead(f"{self.kind} without {name}")
        return found

    def nodes(self, name: str) -> tuple["Part", ...]:
        return tuple(Part(_unwrapped(each)) for each in getattr(self.message, name))

    def strings(self, name: str) -> tuple[str, ...]:
        """Return the items of a list of names. Raises NotRead when one is something else (`*`)."""
        return tuple(_string(each) for each in self.nodes(name))

    def expression(self, name: str) -> str:
        """Return the expression in a field as SQL text. Raises NotRead where there is none."""
        return expression_text(self.needed(name))


def _string(part: Part) -> str:
    if part.kind != "String":
        raise NotRead(f"expected a name, found {part.kind}")
    return str(part.message.sval)


def _unwrapped(message: Any) -> Any:
    if message.DESCRIPTOR.name != "Node":
        return message
    inner = message.WhichOneof("node")
    return getattr(message, inner) if inner else message


@lru_cache(maxsize=1024)
def statements(text: str) -> tuple[Part, ...]:
    """Return the statements of `text`. Raises NotRead where PostgreSQL does not read it."""
    import postgast

    try:
        return tuple(Part(_unwrapped(raw.stmt)) for raw in postgast.parse(text).stmts)
    except postgast.PgQueryError as error:
        raise NotRead(error.message) from None


def statement(text: str) -> Part:
    """Return the one statement of `text`. Raises NotRead."""
    found = statements(text)
    if len(found) != 1:
        raise NotRead("expected one statement")
    return found[0]


def expression_text(part: Part) -> str:
    """Return an expression as PostgreSQL's own printer of trees writes it. Raises NotRead."""
    from postgast.pg_query_pb2 import ResTarget, SelectStmt

    select = SelectStmt(target_list=[_node("res_target", ResTarget(val=_wrapped(part)))])
    return statement_text(Part(select)).removeprefix("SELECT").strip()


def statement_text(part: Part) -> str:
    """Return a statement (a query, say) as text. Raises NotRead where the printer does not know it."""
    import postgast
    from postgast.pg_query_pb2 import ParseResult, RawStmt

    try:
        return str(postgast.deparse(ParseResult(stmts=[RawStmt(stmt=_wrapped(part))])))
    except (postgast.PgQueryError, ValueError) as error:
        raise NotRead(str(error)) from None


def copied(part: Part) -> Part:
    """Return a copy that may be changed."""
    from copy import deepcopy

    return Part(deepcopy(part.message))


def _wrapped(part: Part) -> Any:
    """Return a node as fields hold it."""
    from postgast.pg_query_pb2 import Node

    if part.kind == "Node":
        return part.message
    fields = (field for field in Node.DESCRIPTOR.fields if field.message_type is not None)
    name = next(field.name for field in fields if field.message_type.name == part.kind)
    return _node(name, part.message)


def _node(name: str, message: Any) -> Any:
    from postgast.pg_query_pb2 import Node

    return Node(**{name: message})


def walked(part: Part) -> Iterable[Part]:
    """Yield the node and everything below it, parents first."""
    yield part
    for field, value in part.message.ListFields():
        if field.message_type is None:
            continue
        items = [value] if hasattr(value, "ListFields") else list(value)
        for item in items:
            yield from walked(Part(_unwrapped(item)))
