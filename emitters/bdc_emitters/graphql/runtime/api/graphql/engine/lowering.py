"""A document's fields → the selection tree that the service composes into one statement.

What comes in: collected fields and coerced variables. What goes out: roots, the slots their values go to, and the cost.
A field that the table does not know (introspection, a user's extension) is left out and noted in `uncompiled`: the document
then goes to the resolvers, and the cost of everything else is known all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from graphql import FieldNode

from api.graphql.engine.collect import Fragments, children, collect
from api.graphql.engine.conversion import bounded, caller, list_of, parser, search_text, skipped, vector
from api.graphql.engine.cost import Cost
from api.graphql.engine.errors import LIMIT, VARIABLES, refused
from api.graphql.engine.literals import Getter, Ref, Variables, read_arguments, resolved
from api.graphql.engine.meaning import Get, Many, Meaning, Member, One, Page, Part, Struct
from api.graphql.engine.tables import Tables
from services.data.engine import selection as tree
from services.data.engine.resource import DISTANCE
from services.engine.problems import Problem

Verify = Callable[[str, str], bytes]
TYPENAME = "__typename"
# Where the caller stands among the variables.
CALLER = "\0caller"
MAX_NESTING = 5
MAX_CONDITIONS = 50


class Lowering:
    """Collects slots while it lowers: `slots[i]` fetches value i from a request's variables. `verify` opens a cursor."""

    def __init__(self, tables: Tables, fragments: Fragments, variables: Variables, verify: Verify) -> None:
        self.tables = tables
        self._fragments = fragments
        self._variables = variables
        self._verify = verify
        self.slots: list[Getter] = []
        self.uncompiled = False
        self._conditions = 0

    def root(
        self, key: str, fields: Sequence[FieldNode], meaning: Get | Page
    ) -> tuple[tree.Get | tree.Page, Cost]:
        """Return one root field: a row by key or a page."""
        arguments = read_arguments(fields[0], self._variables)
        if isinstance(meaning, Page):
            return self.page(key, meaning, arguments, fields)
        found, costs = self.rows(meaning.entity, fields)
        keys = self.keys(meaning, arguments)
        return tree.Get(key, meaning.entity, keys, found, not meaning.by_key), Cost(1, 1, costs)

    def keys(self, meaning: Get, arguments: dict[str, Any]) -> tuple[tree.Slot, ...]:
        """Return what names a row: the arguments, or the caller."""
        if meaning.own is not None:
            return (self.slot(Ref(CALLER), caller(meaning.own)),)
        return tuple(self.slot(arguments[name], parser(kind, name)) for name, kind in meaning.keys)

    def slot(self, value: Any, convert: Callable[[Any], Any]) -> tree.Slot:
        """Take a value in: what refers to variables is fetched and converted at each request, a constant is converted now."""
        if isinstance(value, Ref):
            get = value.getter()
            self.slots.append(lambda variables: convert(get(variables)))
        elif _refers(value):
            self.slots.append(lambda variables: convert(resolved(value, variables)))
        else:
            constant = convert(value)
            self.slots.append(lambda variables: constant)
        return tree.Slot(len(self.slots) - 1)

    def rows(
        self, entity: str, fields: Iterable[FieldNode]
    ) -> tuple[tuple[tree.Child, ...], tuple[Cost, ...]]:
        """Return what is selected of the rows of one entity."""
        type_ = self.tables.type_of(entity)
        found: list[tree.Child] = []
        costs: list[Cost] = []
        for key, inner in collect(children(fields), self._fragments, self._variables, type_).items():
            if inner[0].name.value == TYPENAME:
                found.append(typename(key, type_))
                continue
            child, cost = self._child(key, inner, self.tables.meaning(type_, inner[0]))
            found += [child] if child is not None else []
            costs += [cost] if cost is not None else []
        return tuple(found), tuple(costs)

    def _child(
        self, key: str, fields: Sequence[FieldNode], meaning: Meaning | None
    ) -> tuple[tree.Child | None, Cost | None]:
        match meaning:
            case Member(member=member):
                return tree.Distance(key) if member == DISTANCE else tree.Leaf(key, member), None
            case Struct(member=member, struct=struct, many=many):
                return tree.Struct(key, member, self._parts(struct, fields), many), None
            case One(relation=relation, entity=entity):
                found, costs = self.rows(entity, fields)
                return tree.One(key, relation, found), Cost(1, 1, costs)
            case Many():
                first = read_arguments(fields[0], self._variables).get("first", meaning.default)
                limit = self._limit(first, bounded(meaning.relation, meaning.max))
                found, costs = self.rows(meaning.entity, fields)
                return tree.Many(key, meaning.relation, limit, found), Cost(_times(first), 1, costs)
        self.uncompiled = True
        return None, Cost(1, 1)

    def _parts(self, struct: str, fields: Iterable[FieldNode]) -> tuple[tree.StructPart | tree.Constant, ...]:
        found: list[tree.StructPart | tree.Constant] = []
        for key, inner in collect(children(fields), self._fragments, self._variables).items():
            if inner[0].name.value == TYPENAME:
                found.append(typename(key, struct))
                continue
            match self.tables.meaning(struct, inner[0]):
                case Member(member=member):
                    found.append(tree.StructPart(key, member))
                case Struct(member=member, struct=nested, many=many):
                    found.append(tree.StructPart(key, member, self._parts(nested, inner), many))
                case _:
                    self.uncompiled = True
        return tuple(found)

    def page(
        self, key: str, meaning: Page, arguments: dict[str, Any], fields: Iterable[FieldNode]
    ) -> tuple[tree.Page, Cost]:
        """Return a page, with the shape of the connection as it was selected."""
        first = arguments.get("first", meaning.default)
        parts, costs = self._connection(meaning.entity, fields)
        return self.page_of(key, meaning, arguments, parts), Cost(_times(first), 1, costs)

    def page_of(
        self, key: str, meaning: Page, arguments: dict[str, Any], parts: tuple[Any, ...]
    ) -> tree.Page:
        """Return a page of given parts under `arguments`."""
        sort, near = arguments.get("sort"), arguments.get("nearest")
        if sort and near is not None:
            raise refused(VARIABLES, "sort: `nearest` is the order already.")
        chosen = meaning.sorts[sort if type(sort) is str else resolved(sort, self._variables)] if sort else ""
        sorts = (chosen,) if chosen else meaning.order
        ranked = meaning.ranked and not chosen and near is None and arguments.get("search") is not None
        first = ("nearest",) if near is not None else ("rank",) if ranked else ()
        tag = ":".join((meaning.entity, *first, *sorts))
        search, after, offset = (arguments.get(name) for name in ("search", "after", "offset"))
        return tree.Page(
            key,
            meaning.entity,
            self._limit(arguments.get("first", meaning.default), bounded(meaning.entity, meaning.max)),
            parts,
            tuple(self._filters(meaning, arguments.get("filter") or {})),
            None if search is None else self.slot(search, search_text),
            sorts,
            None if after is None else self.slot(after, self._opened(tag)),
            tag,
            None if offset is None else self.slot(offset, skipped(meaning.entity)),
            meaning.prefix,
            ranked,
            tuple(self.slot(arguments[name], parser(kind, name)) for name, kind in meaning.keys),
            meaning.nearest if near is not None else "",
            None if near is None else self.slot(near, vector(meaning.numbers)),
        )

    def _opened(self, tag: str) -> Callable[[str], bytes]:
        def convert(cursor: str) -> bytes:
            try:
                return self._verify(tag, cursor)
            except Problem as problem:
                raise refused(problem.code, f"`after` is no cursor of this list ({tag}).") from None

        return convert

    def _limit(self, first: Any, check: Callable[[Any], int]) -> int | tree.Slot:
        """A length that is written in the document stands in the statement: the planner then knows it."""
        return self.slot(first, check) if isinstance(first, Ref) else check(first)

    def _filters(
        self, meaning: Page, given: dict[str, Any], place: str = "filter", depth: int = 0
    ) -> Iterable[tree.Condition]:
        """Yield one condition per operator. Null is refused: it would leave out a condition that the caller asked for."""
        for name, value in given.items():
            at = f"{place}.{name}"
            if value is None:
                raise refused(VARIABLES, f"{at}: null is not accepted; leave it out instead.")
            if name in meaning.filters:
                yield from self._compared(meaning, name, value, at)
            else:
                yield self._combined(meaning, name, value, at, depth + 1)

    def _compared(
        self, meaning: Page, name: str, operators: dict[str, Any], at: str
    ) -> Iterable[tree.FilterBy]:
        field, known = meaning.filters[name]
        for operator, value in operators.items():
            kind, many = known[operator]
            convert = parser(kind, f"{at}.{operator}")
            slot = self.slot(value, list_of(convert, f"{at}.{operator}") if many else convert)
            yield tree.FilterBy(field, operator, slot)

    def _combined(self, meaning: Page, name: str, value: Any, at: str, depth: int) -> tree.Condition:
        """Return what `and`, `or` and `not` make of other filters. A reference is an empty list: one that holds filters is opened up."""
        if depth > MAX_NESTING:
            raise refused(LIMIT, f"Filters are nested more than {MAX_NESTING} times.")
        items = [] if isinstance(value, Ref) else value if type(value) is list else [value]
        if None in items:
            raise refused(VARIABLES, f"{at}: null is not accepted; leave it out instead.")
        parts = [tree.AllOf(tuple(self._filters(meaning, item, at, depth))) for item in items]
        self._conditions += sum(len(part.parts) for part in parts)
        if self._conditions > MAX_CONDITIONS:
            raise refused(LIMIT, f"More than {MAX_CONDITIONS} conditions are combined.")
        if name == "not":
            return tree.Not(parts[0])
        return tree.AnyOf(tuple(parts)) if name == "or" else tree.AllOf(tuple(parts))

    def _connection(
        self, entity: str, fields: Iterable[FieldNode]
    ) -> tuple[tuple[Any, ...], tuple[Cost, ...]]:
        parts: list[Any] = []
        costs: list[Cost] = []
        name = f"{self.tables.type_of(entity)}Connection"
        for key, inner in collect(children(fields), self._fragments, self._variables).items():
            match self._part(name, inner[0]):
                case "nodes":
                    found, more = self.rows(entity, inner)
                    parts.append(tree.Nodes(key, found))
                    costs += more
                case "edges":
                    parts.append(tree.Edges(key, self._edge(entity, inner, costs)))
                case "page_info":
                    parts.append(tree.PageInfo(key, self._page_info(inner)))
                case "total_count":
                    parts.append(tree.Total(key))
                case _:
                    parts.append(typename(key, name))
        return tuple(parts), tuple(costs)

    def _edge(self, entity: str, fields: Iterable[FieldNode], costs: list[Cost]) -> tuple[Any, ...]:
        parts: list[Any] = []
        name = f"{self.tables.type_of(entity)}Edge"
        for key, inner in collect(children(fields), self._fragments, self._variables).items():
            match self._part(name, inner[0]):
                case "node":
                    found, more = self.rows(entity, inner)
                    parts.append(tree.EdgeNode(key, found))
                    costs += more
                case "cursor":
                    parts.append(tree.EdgeCursor(key))
                case _:
                    parts.append(typename(key, name))
        return tuple(parts)

    def _page_info(self, fields: Iterable[FieldNode]) -> tuple[Any, ...]:
        parts: list[Any] = []
        for key, inner in collect(children(fields), self._fragments, self._variables).items():
            match self._part("PageInfo", inner[0]):
                case "has_next_page":
                    parts.append(tree.HasNext(key))
                case "end_cursor":
                    parts.append(tree.EndCursor(key))
                case "has_previous_page":
                    parts.append(tree.HasPrevious(key))
                case "start_cursor":
                    parts.append(tree.StartCursor(key))
                case _:
                    parts.append(typename(key, "PageInfo"))
        return tuple(parts)

    def _part(self, type_: str, field: FieldNode) -> str:
        """Return which part of a connection a field is; '' for `__typename`."""
        if field.name.value == TYPENAME:
            return ""
        meaning = self.tables.meaning(type_, field)
        if isinstance(meaning, Part):
            return meaning.name
        self.uncompiled = True
        return ""


def typename(key: str, name: str) -> tree.Constant:
    """Return the answer to `__typename`."""
    return tree.Constant(key, orjson.dumps(name).decode())


def _refers(value: Any) -> bool:
    if type(value) is list:
        return any(_refers(item) for item in value)
    return isinstance(value, Ref)


def _times(first: Any) -> int | Getter:
    return first.getter() if isinstance(first, Ref) else int(first)
