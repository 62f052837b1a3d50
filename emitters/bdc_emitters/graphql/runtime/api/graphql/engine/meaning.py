"""What a generated field means: the vocabulary of `table.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """A value of a row or a struct. `attribute` is its Python name, `type` its GraphQL type, `many`: an array of them."""

    member: str
    attribute: str
    type: str
    many: bool


@dataclass(frozen=True, slots=True)
class Struct:
    """A value object, read by its parts; `many`: an array of them."""

    member: str
    attribute: str
    struct: str
    many: bool


@dataclass(frozen=True, slots=True)
class One:
    """A reference as the row it points to."""

    relation: str
    entity: str


@dataclass(frozen=True, slots=True)
class Many:
    """A collection of at most `max` rows, `default` when the query does not say."""

    relation: str
    entity: str
    default: int
    max: int


@dataclass(frozen=True, slots=True)
class Part:
    """A structural field: nodes, edges, page_info, cursor, node, has_next_page, end_cursor."""

    name: str


@dataclass(frozen=True, slots=True)
class Get:
    """One row by key; `keys`: (argument, how its text is read). `permission` names what a caller must be allowed. `replica`: a replica of
    the database may answer. `own`: how the key of the caller is read, which names the row: by the key of the row (`by_key`) or a reference."""

    entity: str
    keys: tuple[tuple[str, str], ...]
    permission: str
    replica: bool = False
    own: str | None = None
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A connection of at most `max` rows. `filters`: argument field → filter, and its operator → (how a value is read,
    whether it is a list). `sorts`: enum value → the sort as in a query string. `order`: that of a list which its caller does not sort.
    `prefix` and `ranked`: how it is searched. `keys`: the arguments that name the rows which its rows stand under, and how their text is read.
    `nearest`: the order by distance, from how many `numbers`."""

    entity: str
    default: int
    max: int
    permission: str
    filters: dict[str, tuple[str, dict[str, tuple[str, bool]]]]
    sorts: dict[str, str]
    order: tuple[str, ...] = ()
    prefix: bool = False
    ranked: bool = False
    keys: tuple[tuple[str, str], ...] = ()
    replica: bool = False
    nearest: str = ""
    numbers: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of the service. `verb`: create, update, delete, custom or call. `entity`: what row is answered, if one is.
    `keys`: (argument, how its text is read). `arguments`: (argument, member or parameter, name of its type). `own`: how the key of the
    caller is read, whose row it is about."""

    operation: str
    verb: str
    entity: str | None
    keys: tuple[tuple[str, str], ...]
    arguments: tuple[tuple[str, str, str], ...]
    result: str
    replica: bool = False
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What the module of that `kind` beside this one performs under `name`. `arguments` as those of a call."""

    kind: str
    name: str
    arguments: tuple[tuple[str, str, str], ...]
    result: str


@dataclass(frozen=True, slots=True)
class Node:
    """The row that a global id names, or (`many`) the rows of several. `entities`: what there is to find, each with what a caller must be
    allowed."""

    entities: dict[str, str]
    many: bool = False


Meaning = Member | Struct | One | Many | Part | Get | Page | Call | Task | Node


@dataclass(frozen=True, slots=True)
class ObjectTable:
    """The generated fields of one type; `entity` is '' for what is no row."""

    entity: str
    fields: dict[str, Meaning]


EDGE = ObjectTable("", {"cursor": Part("cursor"), "node": Part("node")})
CONNECTION = ObjectTable("", {"nodes": Part("nodes"), "edges": Part("edges"), "pageInfo": Part("page_info")})


def member(name: str, type: str, *, attribute: str = "", many: bool = False) -> Member:
    """Return a value whose attribute is called like its member, unless it is given."""
    return Member(name, attribute or name, type, many)


def alike(table: ObjectTable, *names: str) -> dict[str, ObjectTable]:
    """Return the same table for each of the types."""
    return dict.fromkeys(" ".join(names).split(), table)


def members(*words: str) -> dict[str, Meaning]:
    """Return plain values: field → what it means. `createdAt=created_at:DateTime` says all of it; a member that is called like its field
    is left out."""
    found: dict[str, Meaning] = {}
    for word in " ".join(words).split():
        named, _, type = word.partition(":")
        name, _, source = named.partition("=")
        found[name] = member(source or name, type)
    return found


def fields(*words: str) -> dict[str, tuple[str, str]]:
    """Return the fields of an input: field → (member of the body, input that is nested in it). `shipTo=ship_to:AddressInput` says all
    of it; a member that is called like the field, and no nested input, are left out."""
    found: dict[str, tuple[str, str]] = {}
    for word in " ".join(words).split():
        named, _, nested = word.partition(":")
        name, _, source = named.partition("=")
        found[name] = (source or name, nested)
    return found
