"""The other way: what generated fields do. Arguments are read from the document by the same code that lowers
it, so that both ways mean the same; rows come through `loaders`. Whether the caller may ask for a root field has been
decided before (`Plan.require`).
"""

from __future__ import annotations

from enum import Enum
from importlib import import_module
from typing import Any, TypeVar

import strawberry
from graphql import FieldNode, GraphQLList, GraphQLResolveInfo, get_nullable_type

from api.graphql.engine.calls import answered_key, call_arguments, key_of, performed
from api.graphql.engine.context import Context
from api.graphql.engine.conversion import bounded, parser
from api.graphql.engine.executor import finished
from api.graphql.engine.literals import read_arguments, resolved
from api.graphql.engine.loaders import default_children
from api.graphql.engine.lowering import Lowering
from api.graphql.engine.meaning import Call, Get, Many, Meaning, Member, One, Page, Task
from api.graphql.engine.plans import Statement
from api.graphql.engine.row import Row, build, entity_of
from api.graphql.engine.tables import Tables
from services.data.engine import selection as tree
from services.data.engine.execute import Result, perform
from services.data.engine.jsontext import exactly
from services.data.engine.pool import Connection

Type = TypeVar("Type")
ENDS: dict[str, Any] = {
    "has_next_page": tree.HasNext,
    "end_cursor": tree.EndCursor,
    "has_previous_page": tree.HasPrevious,
    "start_cursor": tree.StartCursor,
}


class Asked:
    """One field as it was asked for: its meaning and arguments."""

    def __init__(self, info: GraphQLResolveInfo[Any]) -> None:
        self.context: Context = info.context
        self.node: FieldNode = info.field_nodes[0]
        self.tables = self.context.tables
        self.meaning: Meaning = self.tables.objects[info.parent_type.name].fields[self.node.name.value]
        opened = not isinstance(self.meaning, Call | Task)
        self.given = read_arguments(self.node, self.context.variables, opened=opened)

    def lowering(self) -> Lowering:
        """Return a fresh lowering of this request."""
        context = self.context
        return Lowering(self.tables, context.fragments, context.variables, context.services.cursors.verify)


async def root(info: GraphQLResolveInfo[Any], class_: Any) -> Any:
    """Answer a generated field of a root. `class_`: of the type that it answers, None for a scalar."""
    asked = Asked(info)
    match asked.meaning:
        case Get():
            return await _get(asked, asked.meaning, class_)
        case Page():
            return await _page(asked, asked.meaning, class_)
        case Task():
            done = await _task(asked, asked.meaning)
            return bool(done) if asked.meaning.result == "Boolean" else build(asked.tables, class_, done)
        case Call(entity=None):
            listed = isinstance(get_nullable_type(info.return_type), GraphQLList)
            return _plain(asked, class_, await _performed(asked, asked.meaning), listed=listed)
        case Call():
            return await _written(asked, asked.meaning, class_)
        case _:
            return await import_module("api.graphql.engine.nodes").found(asked)


async def _get(asked: Asked, meaning: Get, type_: type[Type]) -> Type | None:
    lowering = asked.lowering()
    keys = lowering.keys(meaning, asked.given)
    root = tree.Get(
        "row", meaning.entity, keys, default_children(asked.tables, meaning.entity), not meaning.by_key
    )
    answer = await asked.context.loaders.run(
        Statement((root,), tuple(lowering.slots), meaning.replica), asked.context.variables
    )
    return None if answer["row"] is None else build(asked.tables, type_, answer["row"])


async def _page(asked: Asked, meaning: Page, connection: type[Type]) -> Type:
    """Return one page with its rows, edges and page information."""
    lowering, page_info = asked.lowering(), asked.tables.page_info
    edge = (tree.EdgeCursor("cursor"), tree.EdgeNode("node", default_children(asked.tables, meaning.entity)))
    info_parts = tuple(ENDS[each.python_name](each.python_name) for each in _fields(page_info))
    counted = any(each.python_name == "total_count" for each in _fields(connection))
    total = (tree.Total("total_count"),) if counted else ()
    parts = (tree.Edges("edges", edge), tree.PageInfo("page_info", info_parts), *total)
    root = lowering.page_of("page", meaning, asked.given, parts)
    statement = Statement((root,), tuple(lowering.slots), meaning.replica)
    answer = (await asked.context.loaders.run(statement, asked.context.variables))["page"]
    if answer is None:  # the rows around are not there for the caller; the field may be null then
        return None  # type: ignore[return-value]
    edge_type, node_type = _edge_types(connection)
    edges = [
        edge_type(cursor=each["cursor"], node=build(asked.tables, node_type, each["node"]))
        for each in answer["edges"]
    ]
    make: Any = connection
    more = {"total_count": answer["total_count"]} if counted else {}
    nodes = [each.node for each in edges]
    found: Type = make(edges=edges, nodes=nodes, page_info=page_info(**answer["page_info"]), **more)
    return found


def _fields(type_: type) -> Any:
    return type_.__strawberry_definition__.fields  # type: ignore[attr-defined]


def _edge_types(connection: type) -> tuple[Any, Any]:
    """Return the classes of a connection's edges and rows."""
    fields = {each.python_name: each for each in _fields(connection)}
    edge = fields["edges"].type.of_type
    node = next(each for each in edge.__strawberry_definition__.fields if each.python_name == "node")
    return edge, node.type


async def one(row: Row, info: strawberry.Info, type_: type[Type]) -> Type | None:
    """Return the row that a reference points to, batched with those of its siblings."""
    asked = Asked(info._raw_info)
    assert isinstance(asked.meaning, One)  # nosec B101
    entity = entity_of(asked.tables, row)
    found = await asked.context.loaders.related(entity, _key(asked.tables, entity, row), asked.meaning)
    return None if found is None else build(asked.tables, type_, found)


async def many(row: Row, info: strawberry.Info, type_: type[Type]) -> list[Type]:
    """Return the rows of a collection, batched with those of its siblings."""
    asked = Asked(info._raw_info)
    meaning = asked.meaning
    assert isinstance(meaning, Many)  # nosec B101
    first = resolved(asked.given.get("first", meaning.default), asked.context.variables)
    length = bounded(meaning.relation, meaning.max)(first)
    entity = entity_of(asked.tables, row)
    found = await asked.context.loaders.related(entity, _key(asked.tables, entity, row), meaning, length)
    return [build(asked.tables, type_, each) for each in found]


def _key(tables: Tables, entity: str, row: Row) -> tuple[Any, ...]:
    """Return the key of a row as parameters."""
    fields = tables.of(entity).fields.values()
    attributes = {each.member: each.attribute for each in fields if isinstance(each, Member)}
    return tuple(
        parser(kind, member)(getattr(row, attributes[member])) for member, kind in tables.keys[entity]
    )


async def _written(asked: Asked, call: Call, type_: type[Type]) -> Type | None:
    """Perform an operation and return the row that it answers, read in the same transaction."""
    context = asked.context
    operation, key, given = call_arguments(asked.tables, call, resolved(asked.given, context.variables))
    rows: list[Any] = []

    async def select(connection: Connection, result: Result) -> None:
        rows[:] = [await _answered(context, call, answered_key(asked.tables, call, result), connection)]

    await perform(
        context.services,
        context.actor,
        context.request_id,
        operation,
        key=key_of(call, context.actor, key),
        then=select,
        **given,
    )
    return None if rows[0] is None else build(asked.tables, type_, rows[0])


async def _answered(context: Context, call: Call, key: tuple[Any, ...] | None, connection: Connection) -> Any:
    entity = call.entity or ""
    if key is None:
        return None
    slots = tuple(tree.Slot(part) for part in range(len(key)))
    root = tree.Get("row", entity, slots, default_children(context.tables, entity))
    getters = tuple(
        _constant(parser(kind, member)(part))
        for part, (member, kind) in zip(key, context.tables.keys[entity], strict=True)
    )
    sql, parameters = Statement((root,), getters).parameters(context.actor, context.request_id, {})
    body = (await connection.fetchval(sql, *parameters)).encode()
    return exactly(finished(context.services, body))["row"]


def _constant(value: Any) -> Any:
    return lambda variables: value


async def _performed(asked: Asked, call: Call) -> Any:
    context = asked.context
    operation, key, given = call_arguments(asked.tables, call, resolved(asked.given, context.variables))
    result = await perform(
        context.services,
        context.actor,
        context.request_id,
        operation,
        key=key_of(call, context.actor, key),
        source=context.source if call.replica else None,
        **given,
    )
    return exactly(result.body) if result.body else None


async def _task(asked: Asked, task: Task) -> Any:
    context = asked.context
    given = resolved(asked.given, context.variables)
    return await performed(asked.tables, task, context.request, context.actor, given)


def _plain(asked: Asked, class_: Any, found: Any, *, listed: bool) -> Any:
    """Return a result that is no row."""
    if listed:
        return [_built(asked.tables, class_, item) for item in found or ()]
    if isinstance(asked.meaning, Call) and asked.meaning.result == "Boolean":
        return True if found is None else bool(found)
    return _built(asked.tables, class_, found)


def _built(tables: Tables, class_: Any, item: Any) -> Any:
    if isinstance(class_, type) and issubclass(class_, Enum):
        return class_(item)
    return build(tables, class_, item) if isinstance(item, dict) and class_ is not None else item
