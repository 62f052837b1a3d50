"""What a caller wants to read, as frozen nodes: the shape of the answer. Values are named by slots, never written here, so
that one shape is one statement, composed and prepared once.

`key` is the member's name in the answer: the column for REST, the alias for GraphQL.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that is given when the statement runs: the one at `index` of what `Composed.bind` gets."""

    index: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A member whose JSON text is known: `__typename`."""

    key: str
    json: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A member of the row."""

    key: str
    member: str


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the row is from what a list is near to; null in every other place."""

    key: str


@dataclass(frozen=True, slots=True)
class StructPart:
    """A member `name` of a value object, whole or (with `parts`: it is a value object, or with `many` a list of them) in
    part."""

    key: str
    name: str
    parts: tuple["StructPart | Constant", ...] | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Struct:
    """A member that is a value object (with `many`: a list of them), in part."""

    key: str
    member: str
    parts: tuple[StructPart | Constant, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """A related row, or null."""

    key: str
    relation: str
    children: tuple["Child", ...]


@dataclass(frozen=True, slots=True)
class Many:
    """Related rows: `first` of them at most, and never more than the relation's bound."""

    key: str
    relation: str
    first: int | Slot | None
    children: tuple["Child", ...]


Child = Constant | Leaf | Distance | Struct | One | Many


@dataclass(frozen=True, slots=True)
class Get:
    """One row by key (a slot per part of the key), or null. `addressed`: by what names a row in paths, which may be another field; the
    first keys then name the rows that it stands under."""

    key: str
    entity: str
    keys: tuple[Slot, ...]
    children: tuple[Child, ...]
    addressed: bool = False


@dataclass(frozen=True, slots=True)
class ByKeys:
    """A list as long as the keys, in their order, null where no row is visible. A slot per part of the key, each a list. `above`: a row is
    found only where the caller may also read the rows that it stands under in paths."""

    key: str
    entity: str
    keys: tuple[Slot, ...]
    children: tuple[Child, ...]
    above: bool = False


@dataclass(frozen=True, slots=True)
class FilterBy:
    """A declared filter in use."""

    field: str
    operator: str
    value: Slot


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of `parts` hold; with none of them always."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of `parts` holds; with none of them never."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`part` does not hold, be it that a value is missing: a row is either found by a filter or by its opposite."""

    part: "Condition"


Condition = FilterBy | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Nodes:
    """The rows of a page."""

    key: str
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class EdgeCursor:
    """The row's own cursor."""

    key: str


@dataclass(frozen=True, slots=True)
class EdgeNode:
    key: str
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    key: str
    parts: tuple[EdgeCursor | EdgeNode | Constant, ...]


@dataclass(frozen=True, slots=True)
class HasNext:
    """Whether rows follow this page."""

    key: str


@dataclass(frozen=True, slots=True)
class EndCursor:
    """The cursor of the page's last row; null for an empty page."""

    key: str


@dataclass(frozen=True, slots=True)
class HasPrevious:
    """Whether rows come before this page."""

    key: str


@dataclass(frozen=True, slots=True)
class StartCursor:
    """The cursor of the page's first row; null for an empty page."""

    key: str


@dataclass(frozen=True, slots=True)
class NextCursor:
    """The cursor of the page's last row when rows follow it, else null."""

    key: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows the list has on all its pages."""

    key: str


@dataclass(frozen=True, slots=True)
class PageInfo:
    key: str
    parts: tuple[HasNext | EndCursor | HasPrevious | StartCursor | Constant, ...]


PagePart = (
    Nodes | Edges | PageInfo | NextCursor | HasNext | EndCursor | HasPrevious | StartCursor | Total | Constant
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: an object of `parts`. `first`: rows on it, a number for the usual sizes (the plan then knows it).
    `sorts` as in a query string (`-created_at`: descending); one that comes twice counts once, nulls come last both ways.
    `after`: the slot of a cursor's payload when it is not the first page. `tag` and a bar stand before every cursor's
    payload, unless it is empty: whoever signs them learns by it which list they belong to. `offset`: rows to leave out before the page. `prefix`: the last
    word of the search may be the beginning of one; `ranked`: the best matches come first. `around` name the rows that all of them stand under;
    the page is null where the caller may not read these. `nearest`: the order by distance, from the vector in the slot `to`."""

    key: str
    entity: str
    first: int | Slot
    parts: tuple[PagePart, ...]
    filters: tuple[Condition, ...] = ()
    search: Slot | None = None
    sorts: tuple[str, ...] = ()
    after: Slot | None = None
    tag: str = ""
    offset: Slot | None = None
    prefix: bool = False
    ranked: bool = False
    around: tuple[Slot, ...] = ()
    nearest: str = ""
    to: Slot | None = None


Root = Get | ByKeys | Page | Constant
