"""Selections → statements. One shape is one statement, whose text holds nothing that a caller wrote but names.

The caller's identity is bound in the statement itself: its values are the first parameters, and the outermost WHERE sets
them for the transaction before any other part of the statement runs (the rest are sub-queries of the select list, which
PostgreSQL evaluates after that filter has passed). JSON is written by PostgreSQL as text.

A cursor stands in the answer as its payload between chr(1) and chr(2), an encrypted value between chr(3) and chr(4): no
escaped text can contain them, and the service replaces them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from services.data.engine.fragments import EntityRead, Fragments
from services.data.engine.paging import SortKey, cursor_text, follows, order_by, sort_keys
from services.data.engine.rows import FAR, Rows
from services.data.engine.selection import (
    AllOf,
    AnyOf,
    ByKeys,
    Condition,
    Constant,
    EdgeCursor,
    EdgeNode,
    Edges,
    EndCursor,
    Get,
    HasNext,
    HasPrevious,
    NextCursor,
    Nodes,
    Not,
    Page,
    PageInfo,
    PagePart,
    Root,
    Slot,
    StartCursor,
    Total,
)
from services.data.engine.slots import Bound, Slots
from services.data.engine.text import Text, literal, name
from services.data.engine.visibility import FALSE, TRUE, permitted, visible

CACHED_SHAPES = 2_000
INNER = "s"
NUMBER = '"#"'  # no column can have this name

# An index of vectors gives so many neighbours, and policy and filters are asked of these: it has to go on where some are left out. Versions of
# pgvector before 0.8 cannot.
SEARCH_ON = (
    "case when current_setting('hnsw.iterative_scan', true) is not null "
    "then set_config('hnsw.iterative_scan', 'strict_order', true) || "
    "set_config('ivfflat.iterative_scan', 'relaxed_order', true) end"
)


@dataclass(frozen=True, slots=True)
class Composed:
    """`sql` takes the identity first, then what `slots` name."""

    sql: str
    slots: tuple[Bound, ...]

    def bind(self, identity: Sequence[str], values: Sequence[Any]) -> list[Any]:
        """Return the arguments: `identity` is one text per claim and the request id, `values` are by slot index. A cursor is
        given as its payload. ValueError for a payload that is no list."""
        return [
            *identity,
            *[_opened(values[slot.index]) if slot.cursor else values[slot.index] for slot in self.slots],
        ]


def _opened(payload: bytes | str) -> list[str | None]:
    found = json.loads(payload)
    if not isinstance(found, list):
        raise ValueError("a cursor holds a list")
    return found


class Composer:
    """Composes statements from the fragments of one system, and remembers them by shape and by the roles that matter."""

    def __init__(self, fragments: Fragments) -> None:
        self.fragments = fragments
        self._document = lru_cache(CACHED_SHAPES)(self._compose_document)
        self._row = lru_cache(CACHED_SHAPES)(self._compose_row)
        self._value = lru_cache(CACHED_SHAPES)(self._compose_value)

    def document(self, roots: tuple[Root, ...], roles: frozenset[str]) -> Composed:
        """Return a statement whose one column `body` is a JSON object of all roots (GraphQL's `data`)."""
        return self._document(roots, roles & self.fragments.roles)

    def value(self, root: Page | ByKeys, roles: frozenset[str]) -> Composed:
        """Return a statement whose one column `body` is the root's own JSON text."""
        return self._value(root, roles & self.fragments.roles)

    def row(self, root: Get, roles: frozenset[str]) -> Composed:
        """Return a statement with the columns `body` (null when there is no such row) and `etag` (null without versions)."""
        return self._row(root, roles & self.fragments.roles)

    def _compose_document(self, roots: tuple[Root, ...], roles: frozenset[str]) -> Composed:
        shape = _Shape(self.fragments, roles)
        text = Text().add("{")
        for position, root in enumerate(roots):
            text.add(("," if position else "") + name(root.key))
            if isinstance(root, Constant):
                text.add(root.json)
            else:
                text.compute(shape.root(root))
        return shape.gated(f"{text.add('}').sql()} as body")

    def _compose_value(self, root: Page | ByKeys, roles: frozenset[str]) -> Composed:
        shape = _Shape(self.fragments, roles)
        return shape.gated(f"{shape.root(root)} as body")

    def _compose_row(self, root: Get, roles: frozenset[str]) -> Composed:
        shape = _Shape(self.fragments, roles)
        read = self.fragments.entity[root.entity]
        found = shape.get(root, with_version=True)
        gated = shape.gated(f"{found} as found")
        etag = "'\"' || r.found[2] || '\"'" if read.version else "null::text"
        return Composed(
            f"select r.found[1] as body, {etag} as etag from ({gated.sql} offset 0) r",  # nosec B608
            gated.slots,
        )


class _Shape:
    """One statement in the making."""

    def __init__(self, fragments: Fragments, roles: frozenset[str]) -> None:
        self._fragments = fragments
        self._roles = roles
        self._slots = Slots(fragments.identity)
        self._rows = Rows(fragments, roles, self._slots)
        self._near = False

    def gated(self, columns: str) -> Composed:
        """Return `select columns`, which binds the identity before anything else is evaluated."""
        settings = ", ".join(
            f"set_config('{parameter.setting}', ${number}, true)"
            for number, parameter in enumerate(self._fragments.identity, 1)
        )
        settings += f", {SEARCH_ON}" if self._near else ""
        return Composed(f"select {columns} where (select concat({settings})) is not null", self._slots.bound)

    def root(self, root: Get | ByKeys | Page) -> str:
        """Return an expression of the root's JSON text; never null."""
        if isinstance(root, Get):
            return f"coalesce({self.get(root)}, 'null')"
        return self._page(root) if isinstance(root, Page) else self._by_keys(root)

    def get(self, root: Get, *, with_version: bool = False) -> str:
        """Return a scalar sub-query for one row: its text, or a text[] of text and version."""
        read = self._fragments.entity[root.entity]
        alias = self._rows.alias()
        body = self._rows.object(read, alias, root.children)
        if with_version:
            version = f"{alias}.{read.version}::text" if read.version else "null"
            body = f"array[{body}, {version}]"
        outer = len(read.around) if root.addressed else 0
        keys = [
            f"{alias}.{key.column} = {self._slots.cast(slot, key.sql_type)}"
            for key, slot in zip(
                read.addressed_by if root.addressed else read.keys, root.keys[outer:], strict=True
            )
        ]
        keys += self._within(read, alias, root.keys[:outer])
        return self._select(body, read, alias, keys)

    def _within(self, read: EntityRead, alias: str | None, slots: tuple[Slot, ...]) -> list[str]:
        """Return the condition that the rows which `slots` name are there for the caller, and that row `alias` (if any) belongs to them."""
        if not slots or not read.parents:
            return []
        parent = read.parents[0]
        above, own = slots[: -len(parent.keys)], slots[-len(parent.keys) :]
        target, other = self._fragments.entity[parent.entity], self._rows.alias()
        join = parent.join.replace("«a»", alias).replace("«b»", other) if alias is not None else ""
        keys = [
            f"{other}.{key.column} = {self._slots.cast(slot, key.sql_type)}"
            for key, slot in zip(parent.keys, own, strict=True)
        ]
        where = [*([join] if join else []), *keys, *self._rows.over(other, visible(target, self._roles))]
        where += self._within(target, other, above)
        return [f"exists (select from {target.table} as {other} where {' and '.join(where)})"]  # nosec B608

    def _above(self, read: EntityRead, alias: str) -> list[str]:
        """Return the condition that the rows which row `alias` stands under in paths are there for the caller."""
        if not read.parents:
            return []
        parent = read.parents[0]
        target, other = self._fragments.entity[parent.entity], self._rows.alias()
        join = parent.join.replace("«a»", alias).replace("«b»", other)
        where = [join, *self._rows.over(other, visible(target, self._roles)), *self._above(target, other)]
        return [f"exists (select from {target.table} as {other} where {' and '.join(where)})"]  # nosec B608

    def _by_keys(self, root: ByKeys) -> str:
        read = self._fragments.entity[root.entity]
        alias = self._rows.alias()
        columns = [f"v{number}" for number in range(1, len(read.keys) + 1)]
        lists = ", ".join(
            self._slots.cast(slot, f"{key.sql_type}[]")
            for key, slot in zip(read.keys, root.keys, strict=True)
        )
        keys = [f"{alias}.{key.column} = k.{column}" for key, column in zip(read.keys, columns, strict=True)]
        keys += self._above(read, alias) if root.above else []
        row = self._select(self._rows.object(read, alias, root.children), read, alias, keys)
        listed = f"unnest({lists}) with ordinality as k({', '.join(columns)}, n)"
        return (
            f"(select concat('[', string_agg(coalesce({row}, 'null'), ',' order by k.n), ']') from {listed})"  # nosec B608
        )

    def _select(self, value: str, read: EntityRead, alias: str, conditions: list[str]) -> str:
        where = [*conditions, *self._rows.over(alias, visible(read, self._roles))]
        return f"(select {value} from {read.table} as {alias} where {' and '.join(where)})"  # nosec B608

    def _page(self, root: Page) -> str:
        """The innermost query finds the rows of the page and one more, in order; the next numbers them; the outermost
        writes them: nothing is written for the row that only tells that there are more. `having true` makes it one object
        even when no part of it is an aggregate."""
        read = self._fragments.entity[root.entity]
        alias = self._rows.alias()
        keys = [
            *self._far(root, read, alias),
            *self._ranked(root, read, alias),
            *sort_keys(read, root.sorts, alias, self._roles),
        ]
        keys = [
            SortKey(self._rows.bound(key.sql), key.sql_type, key.descending, key.nullable) for key in keys
        ]
        limit = str(root.first) if isinstance(root.first, int) else self._slots.cast(root.first, "bigint")
        where = self._conditions(root, read, alias, keys)
        order, far = order_by(keys), ""
        if (
            root.to is not None
        ):  # the distance is worked out where rows are found, and read where they are written
            self._rows.measured.add(alias)
            far, keys[0] = f", {keys[0].sql} as {FAR}", replace(keys[0], sql=f"{alias}.{FAR}")
        rows = (
            f"select {alias}.*{far} from {read.table} as {alias}"  # nosec B608
            f"{' where ' + ' and '.join(where) if where else ''} order by {order} limit {limit} + 1"
        )
        rows += f" offset {self._slots.cast(root.offset, 'bigint')}" if root.offset is not None else ""
        numbered = f"(select {INNER}.*, row_number() over () as {NUMBER} from ({rows}) as {INNER}) as {alias}"  # nosec B608
        text = Text().add("{")
        for position, part in enumerate(root.parts):
            text.add(("," if position else "") + name(part.key))
            self._part(text, part, _Listed(read, alias, keys, limit, root))
        page = f"(select {text.add('}').sql()} from {numbered} having true)"  # nosec B608
        if not root.around:
            return page
        (there,) = self._within(read, None, root.around)
        return f"case when {there} then {page} else 'null' end"

    def _far(self, root: Page, read: EntityRead, alias: str) -> list[SortKey]:
        """Return the first key of a list by distance."""
        if root.to is None:
            return []
        self._near = True
        distance = next(distance for name, _, distance in read.nearest if name == root.nearest)
        sql = distance.replace("«a»", alias).replace("«p»", self._slots.parameter(root.to, "text"))
        return [SortKey(sql, "double precision", False, False)]

    def _ranked(self, root: Page, read: EntityRead, alias: str) -> list[SortKey]:
        """Return the first key of a list whose best matches come first."""
        rank = read.rank_prefix if root.prefix else read.rank
        if root.search is None or not root.ranked or rank is None:
            return []
        sql = rank.replace("«a»", alias).replace("«p»", self._slots.parameter(root.search, "text"))
        return [SortKey(sql, "real", True, False)]

    def _total(self, root: Page, read: EntityRead) -> str:
        """Return a sub-query for the number of rows on all pages."""
        alias = self._rows.alias()
        where = self._rows.over(alias, self._found(root, read)) + self._within(read, alias, root.around)
        return f"(select count(*) from {read.table} as {alias}{' where ' + ' and '.join(where) if where else ''})::text"  # nosec B608

    def _conditions(self, root: Page, read: EntityRead, alias: str, keys: list[SortKey]) -> list[str]:
        found = self._rows.over(alias, self._found(root, read)) + self._within(read, alias, root.around)
        if root.after is not None:
            found.append(follows(keys, self._slots.cursor(root.after)))
        return found

    def _found(self, root: Page, read: EntityRead) -> list[str]:
        """Return the conditions of the list, whatever the page."""
        where = visible(read, self._roles)
        where += [f"{vector} is not null" for name, vector, _ in read.nearest if name == root.nearest]
        for condition in root.filters:
            where.extend(self._asked(read, condition))
        if root.search is not None and read.search:
            for field in read.search_fields:
                where.extend(self._guard(read, field))
            search = (read.search_prefix if root.prefix else None) or read.search
            where.append(f"({search.replace('«p»', self._slots.parameter(root.search, 'text'))})")
        return where

    def _asked(self, read: EntityRead, condition: Condition) -> list[str]:
        """Return the terms that hold where a condition does; a guard stands beside each value that it is about."""
        match condition:
            case AllOf(parts=parts):
                return [term for part in parts for term in self._asked(read, part)]
            case AnyOf(parts=parts):
                return [f"({' or '.join(self._whole(read, part) for part in parts)})" if parts else FALSE]
            case Not(part=part):
                return [f"({self._whole(read, part)} is not true)"]
        declared = read.filter[condition.field, condition.operator]
        value = declared.sql.replace("«p»", self._slots.parameter(condition.value, declared.sql_type))
        return [*self._guard(read, condition.field), f"({value})"]

    def _whole(self, read: EntityRead, condition: Condition) -> str:
        return f"({' and '.join(self._asked(read, condition)) or 'true'})"

    def _guard(self, read: EntityRead, field: str) -> list[str]:
        """What a caller may not see, he may not find rows by."""
        rules = [member.visible for member in read.members if member.field == field]
        rules += [relation.visible for relation in read.relations if relation.name == field]
        guards = (permitted(rule, self._roles) for rule in rules if rule is not None)
        return [guard for guard in dict.fromkeys(guards) if guard != TRUE]

    def _part(self, text: Text, part: PagePart, listed: "_Listed") -> None:
        on_page = f"filter (where {listed.alias}.{NUMBER} <= {listed.limit})"
        match part:
            case Nodes(children=children):
                row = self._rows.object(listed.read, listed.alias, children)
                text.add("[").compute(f"string_agg({row}, ',') {on_page}").add("]")
            case Edges():
                row = self._edge(part, listed)
                text.add("[").compute(f"string_agg({row}, ',') {on_page}").add("]")
            case PageInfo(parts=parts):
                text.add("{")
                for position, inner in enumerate(parts):
                    text.add(("," if position else "") + name(inner.key))
                    self._part(text, inner, listed)
                text.add("}")
            case HasNext():
                text.compute(f"case when count(*) > {listed.limit} then 'true' else 'false' end")
            case NextCursor():
                last = f"max({listed.cursor()}) filter (where {listed.alias}.{NUMBER} = {listed.limit})"
                text.compute(
                    f"case when count(*) > {listed.limit} then {listed.marked(last)} else 'null' end"
                )
            case EndCursor():
                last = f"(array_agg({listed.cursor()}) {on_page})[least(count(*), {listed.limit})]"
                text.compute(f"coalesce({listed.marked(last)}, 'null')")
            case HasPrevious():
                text.compute(self._has_previous(listed.page))
            case StartCursor():
                first = f"(array_agg({listed.cursor()}) {on_page})[1]"
                text.compute(f"coalesce({listed.marked(first)}, 'null')")
            case Total():
                text.compute(self._total(listed.page, listed.read))
            case Constant(json=json):
                text.add(json)

    def _has_previous(self, page: Page) -> str:
        """Return whether rows come before a page: the row that it begins behind, or those that are left out."""
        if page.offset is not None:
            skipped = self._slots.cast(page.offset, "bigint")
            return f"case when {skipped} > 0 then 'true' else 'false' end"
        return "'false'" if page.after is None else "'true'"

    def _edge(self, edges: Edges, listed: "_Listed") -> str:
        text = Text().add("{")
        for position, part in enumerate(edges.parts):
            text.add(("," if position else "") + name(part.key))
            match part:
                case EdgeCursor():
                    text.compute(listed.marked(listed.cursor()))
                case EdgeNode(children=children):
                    text.compute(self._rows.object(listed.read, listed.alias, children))
                case Constant(json=json):
                    text.add(json)
        return text.add("}").sql()


@dataclass(frozen=True, slots=True)
class _Listed:
    """The rows of a page under their alias, numbered `n`."""

    read: EntityRead
    alias: str
    keys: list[SortKey]
    limit: str
    page: Page

    def cursor(self) -> str:
        return cursor_text(self.keys)

    def marked(self, cursor: str) -> str:
        """Return JSON text of a cursor that is still to be signed."""
        tag = f"{literal(self.page.tag + '|')} || " if self.page.tag else ""
        return f"'\"' || chr(1) || {tag}{cursor} || chr(2) || '\"'"


__all__ = ["Composed", "Composer"]
