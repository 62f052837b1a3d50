"""What a resource offers to those who list it: filters, sort orders, pages, expansions. Filled in by `services.data.resources`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.data.engine import values
from services.data.engine.validation import Check, Errors

Expansions = Mapping[str, "Expansions"]
MAX_ITEMS = 100


@dataclass(frozen=True, slots=True)
class FilterParameter:
    """A query parameter that filters. `field` and `operator` find the compiled condition; `many`: a comma-separated list."""

    field: str
    operator: str
    parse: Callable[[str], Any]
    many: bool = False

    def read(self, text: str) -> Any:
        """Return the value or values. Raises ValueError saying what was expected."""
        if not self.many:
            return self.parse(text)
        items = text.split(",")
        if len(items) > MAX_ITEMS or len(set(items)) != len(items):
            raise ValueError(f"expected 1 to {MAX_ITEMS} values, each once")
        return [self.parse(item) for item in items]


CAN = "_can"  # the member, and the parameter that asks for it
DISTANCE = "_distance"  # how far a row is, of a list by distance: also a member and a parameter
ASKED = frozenset({CAN, "_node"})  # members that rows have only for who asks for them


@dataclass(frozen=True, slots=True)
class Resource:
    """`parameters` by name as in the query string (`created_at[gte]`); `expand` by relation, with what comes along. `offsets`: pages by
    offset, which say how many rows there are where there are `totals`; otherwise they go on from a cursor. `order`: that of a list which
    its caller does not sort (`-created_at`: downwards). `fields`: the members that callers may choose; () where they may not.
    `can`: the members of a whole row, where callers may ask what they may do with it; () where they may not.
    `prefix` and `ranked`: see `selection.Page`. `nearest`: the order by distance, and from how many `numbers`; '' where there is none."""

    entity: str
    page_default: int = 20
    page_max: int = 100
    totals: bool = False
    parameters: Mapping[str, FilterParameter] = field(default_factory=dict)
    offsets: bool = False
    sorts: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    expand: Mapping[str, Any] = field(default_factory=dict)
    searchable: bool = False
    prefix: bool = False
    ranked: bool = False
    nearest: str = ""
    numbers: int = 0


class ListQuery(NamedTuple):
    """A list as asked for. `filters`: (field, operator, value), in a fixed order; `expand` in declared order; `fields`: the members
    that are wanted, () for all. `nearest`: the text of the vector that the first rows are near to; `distance`: they say how far they are."""

    filters: tuple[tuple[str, str, Any], ...]
    sort: str | None
    descending: bool
    limit: int
    cursor: str | None
    search: str | None
    expand: tuple[str, ...]
    total: bool = False
    offset: int = 0
    fields: tuple[str, ...] = ()
    nearest: str | None = None
    distance: bool = False


def one_of(*names: str) -> Callable[[str], str]:
    """Return the reader of an enum's value."""
    known = frozenset(names)

    def parse(text: str) -> str:
        if text not in known:
            raise ValueError("expected one of " + ", ".join(names))
        return text

    return parse


def value_of(kind: str, check: Check | None = None) -> Callable[[str], Any]:
    """Return the reader of a scalar, held to the constraints of its type."""
    parse = values.PARSERS[kind]
    if check is None:
        return parse

    def parse_checked(text: str) -> Any:
        value = parse(text)
        errors: Errors = []
        check(text if kind in ("decimal", "string", "text") else value, "", errors)
        if errors:
            raise ValueError(errors[0]["message"])
        return value

    return parse_checked
