"""Two databases → what differs, object by object. Everything in a `Database` is looked at; only the order of columns is not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from bdc.catalog import Column, Database, Right, Table, View
from bdc.ddl.names import Name
from bdc.source.records import dataclass

ChangeKind = Literal[
    "schema",
    "extension",
    "enum",
    "domain",
    "sequence",
    "routine",
    "view",
    "other",
    "comment",
    "table",
    "column",
    "primary_key",
    "unique",
    "check",
    "foreign_key",
    "exclusion",
    "index",
    "trigger",
    "policy",
    "right",
    "row_security",
    "options",
    "unlogged",
    "partitioning",
    "partition_column",
]


@dataclass(frozen=True, slots=True)
class Change:
    """`old` without `new` was removed, `new` without `old` added. `table`: what a member belongs to. Both are objects of
    `bdc.catalog`, or values for an attribute of a table."""

    kind: ChangeKind
    name: str
    old: Any
    new: Any
    table: Name | None = None

    @property
    def added(self) -> bool:
        return self.old is None

    @property
    def removed(self) -> bool:
        return self.new is None


_MEMBERS: tuple[tuple[ChangeKind, str], ...] = (
    ("unique", "uniques"),
    ("check", "checks"),
    ("foreign_key", "foreign_keys"),
    ("exclusion", "exclusions"),
    ("index", "indexes"),
    ("trigger", "triggers"),
    ("policy", "policies"),
)
_OBJECTS: tuple[tuple[ChangeKind, str, Callable[[Any], Any]], ...] = (
    ("schema", "schemas", lambda each: each.name),
    ("extension", "extensions", lambda each: each.name),
    ("enum", "enums", lambda each: each.name),
    ("domain", "domains", lambda each: each.name),
    ("sequence", "sequences", lambda each: each.name),
    ("routine", "routines", lambda each: (each.name, each.signature)),
    ("view", "views", lambda each: each.name),
    ("other", "others", lambda each: (each.kind, each.key)),
    ("comment", "comments", lambda each: (each.kind, each.target, each.part)),
)


def equal_tables(old: Database, new: Database) -> frozenset[Name]:
    """Return the names of the tables that are the same in both: most of a schema, in most of its changes, looked at once."""
    before = {table.name: table for table in old.tables}
    return frozenset(table.name for table in new.tables if before.get(table.name) == table)


def changes(old: Database, new: Database, equal: frozenset[Name]) -> tuple[Change, ...]:
    """Return what differs; nothing for equal databases. `equal`: the tables that need not be looked at. Objects first, in the order
    in which they are made."""
    found: list[Change] = []
    for kind, member, key in _OBJECTS:
        found += _paired(kind, getattr(old, member), getattr(new, member), key)
    before = {table.name: table for table in old.tables}
    after = {table.name: table for table in new.tables}
    for name in _names(before, after):
        if name in equal:
            continue
        was, now = before.get(name), after.get(name)
        found.append(Change("table", name.name, was, now, name))
        if was is not None and now is not None:
            found += _table(was, now, before, after)
    return tuple(found)


def _names(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[Any]:
    """What is made, in the order in which it can be; then what goes, the other way round."""
    return [*after, *(name for name in reversed(list(before)) if name not in after)]


def _paired(
    kind: ChangeKind,
    old: Iterable[Any],
    new: Iterable[Any],
    key: Callable[[Any], Any],
    table: Name | None = None,
) -> Iterator[Change]:
    before, after = {key(each): each for each in old}, {key(each): each for each in new}
    for name in _names(before, after):
        was, now = before.get(name), after.get(name)
        if was != now:
            yield Change(kind, spelled_key(name), was, now, table)


def spelled_key(key: Any) -> str:
    """Return the key of an object as one word for titles: `sales.order`, `slug(text)`."""
    match key:
        case Name(name, schema):
            return name if schema in (None, "public") else f"{schema}.{name}"
        case (Name() as name, str(signature)):
            return spelled_key(name) + signature
        case tuple():
            return " ".join(spelled_key(part) for part in key if part is not None)
        case _:
            return str(key)


def _table(old: Table, new: Table, before: dict[Name, Table], after: dict[Name, Table]) -> Iterator[Change]:
    name = new.name
    if old.parent is not None and new.parent is not None:
        yield from _partition_columns(old, new, before, after)
    else:
        yield from _paired("column", old.columns, new.columns, lambda each: each.name, name)
    key = new.primary_key or old.primary_key
    if key is not None and old.primary_key != new.primary_key:
        yield Change("primary_key", key.name, old.primary_key, new.primary_key, name)
    for kind, member in _MEMBERS:
        yield from _paired(kind, getattr(old, member), getattr(new, member), lambda each: each.name, name)
    yield from rights(old, new)
    yield from _attributes(old, new)


def _attributes(old: Table, new: Table) -> Iterator[Change]:
    name = new.name
    security = (old.row_security, old.force_row_security), (new.row_security, new.force_row_security)
    if security[0] != security[1]:
        yield Change("row_security", name.name, *security, name)
    if old.options != new.options:
        yield Change("options", name.name, old.options or "", new.options or "", name)
    if old.unlogged != new.unlogged:
        yield Change("unlogged", name.name, old.unlogged, new.unlogged, name)
    place = (old.partition_by, old.parent, old.bound), (new.partition_by, new.parent, new.bound)
    if place[0] != place[1]:
        yield Change("partitioning", name.name, old, new, name)


def rights(old: Any, new: Any) -> Iterator[Change]:
    """Yield the rights on an object that were given or taken; `old` and `new` are objects that have rights."""
    before, after = frozenset(old.rights), frozenset(new.rights)
    for right in new.rights:
        if right not in before:
            yield Change("right", right_name(right), None, right, new.name)
    for right in old.rights:
        if right not in after:
            yield Change("right", right_name(right), right, None, new.name)


def right_name(right: Right) -> str:
    column = f"({right.column})" if right.column is not None else ""
    return f"{right.privilege}{column} {right.role}"


def _partition_columns(
    old: Table, new: Table, before: dict[Name, Table], after: dict[Name, Table]
) -> Iterator[Change]:
    """A partition has the columns of its parent; what it says beyond them (a default of its own) is compared."""
    own = _own_columns(old, before), _own_columns(new, after)
    if own[0] == own[1]:
        return
    was, now = ({each.name: each for each in table.columns} for table in (old, new))
    names = sorted({str(each.name) for each in own[0] ^ own[1]})
    changed = [(was[name], now[name]) for name in names if name in was and name in now]
    if len(changed) < len(names) or not all(_is_said_otherwise(*pair) for pair in changed):
        yield Change("partition_column", new.name.name, old, new, new.name)
        return
    for earlier, later in changed:
        if _defaults(before, old, earlier) != _defaults(after, new, later):
            earlier = earlier.model_copy(update={"default": later.default})  # with that of the parent
        if earlier != later:
            yield Change("column", earlier.name, earlier, later, new.name)


def _defaults(tables: dict[Name, Table], partition: Table, column: Column) -> list[str | None]:
    """Return the default that the parent of a partition has in a column."""
    parent = tables.get(partition.parent) if partition.parent is not None else None
    return [each.default for each in (parent.columns if parent else ()) if each.name == column.name]


def _is_said_otherwise(old: Column, new: Column) -> bool:
    """Whether a column of a partition differs in its default and in being required alone."""
    return old.model_copy(update={"default": new.default, "not_null": new.not_null}) == new


def _own_columns(partition: Table, tables: dict[Name, Table]) -> frozenset[Any]:
    parent = tables.get(partition.parent) if partition.parent is not None else None
    return frozenset(partition.columns) - frozenset(parent.columns if parent is not None else ())


def without_members(view: View) -> View:
    """Return a view without what can change beside its query."""
    return view.model_copy(
        update={"indexes": (), "triggers": (), "rights": (), "comment": None, "column_comments": ()}
    )
