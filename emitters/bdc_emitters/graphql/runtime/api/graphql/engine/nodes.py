"""Rows by their global ids: `node` and `nodes`.

What comes in: ids as rows show them. What goes out: one row for each, null where there is none that the caller may read: an id is nothing but
a name, and the statement that reads a row holds its policy. Ids of several types are answered by one statement.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from graphql import FieldNode

from api.graphql.engine.conversion import MAX_ITEMS, parser
from api.graphql.engine.cost import Cost
from api.graphql.engine.errors import LIMIT, Refused, refused
from api.graphql.engine.executor import finished
from api.graphql.engine.literals import Getter, Variables, resolved
from api.graphql.engine.loaders import default_children
from api.graphql.engine.lowering import Lowering
from api.graphql.engine.meaning import Node
from api.graphql.engine.plans import NodeStep, Statement
from api.graphql.engine.resolve import Asked
from api.graphql.engine.row import build
from api.graphql.engine.tables import Tables
from services.data.engine import selection as tree
from services.data.engine.jsontext import encoded, exactly
from services.engine.container import Services
from services.security import permissions
from services.security.engine.actor import Actor

Key = tuple[Any, ...]
Opened = tuple[str, Key]
MAX_LENGTH = 2_000
# Where the keys of each entity stand among the variables.
FOUND = "\0nodes"


def opened(tables: Tables, text: Any, entities: Mapping[str, str]) -> Opened | None:
    """Return the entity and the key that an id names; None for what is no id of these entities."""
    if len(str(text)) > MAX_LENGTH:
        return None
    try:
        entity, *parts = orjson.loads(urlsafe_b64decode(f"{text}{'=' * (-len(str(text)) % 4)}"))
    except (TypeError, ValueError):
        return None
    if type(entity) is not str or entity not in entities or len(parts) != len(tables.keys[entity]):
        return None
    if any(type(part) in (list, dict) for part in parts):
        return None
    try:
        return entity, tuple(
            parser(kind, name)(part) for part, (name, kind) in zip(parts, tables.keys[entity], strict=True)
        )
    except Refused:
        return None


def asked_ids(meaning: Node, arguments: Mapping[str, Any], variables: Variables) -> list[Any]:
    """Return the ids that a field asks for. Raises `Refused` for too many."""
    asked = resolved(arguments["ids" if meaning.many else "id"], variables)
    ids = asked if meaning.many and type(asked) is list else [asked]  # one value stands for a list of it
    if len(ids) > MAX_ITEMS:
        raise refused(LIMIT, f"`ids`: at most {MAX_ITEMS} are accepted.")
    return ids


def planned(
    key: str, fields: Sequence[FieldNode], meaning: Node, arguments: dict[str, Any], lowering: Lowering
) -> tuple[NodeStep, Cost, list[Getter]]:
    """Return what finds the rows, what it costs at most, and the getters of the values that the request brings."""
    slots = {entity: _slots(lowering.tables, lowering.slots, entity) for entity in meaning.entities}
    own = len(lowering.slots)
    roots: dict[str, tree.ByKeys] = {}
    costs: list[Cost] = []
    for entity in meaning.entities:
        children, more = lowering.rows(entity, fields)
        roots[entity] = tree.ByKeys(entity, entity, slots[entity], children, above=True)
        costs += more
    step = NodeStep(key, meaning, arguments, roots, tuple(lowering.slots))

    def count(variables: Variables) -> int:
        return len(asked_ids(meaning, arguments, variables))

    return step, Cost(count if meaning.many else 1, 1, tuple(costs)), [count, *lowering.slots[own:]]


def _slots(tables: Tables, getters: list[Getter], entity: str) -> tuple[tree.Slot, ...]:
    """Take in the parts of the keys of one entity."""
    found = []
    for part in range(len(tables.keys[entity])):
        getters.append(_part(entity, part))
        found.append(tree.Slot(len(getters) - 1))
    return tuple(found)


def _part(entity: str, part: int) -> Getter:
    return lambda variables: [key[part] for key in variables[FOUND].get(entity, ())]


def _asked(
    tables: Tables, meaning: Node, ids: Iterable[Any], actor: Actor
) -> tuple[list[Opened | None], dict[str, list[Key]]]:
    """Return what each id names, and the keys by entity. Raises `Problem` for an entity that the caller may not ask for."""
    found = [opened(tables, each, meaning.entities) for each in ids]
    keys: dict[str, list[Key]] = {}
    for each in found:
        if each is not None:
            keys.setdefault(each[0], []).append(each[1])
    for entity in keys:
        getattr(permissions, meaning.entities[entity]).require(actor)
    return found, keys


def _in_order(found: Iterable[Opened | None], answer: Mapping[str, Sequence[Any]]) -> list[tuple[str, Any]]:
    """Return the entity and the row of each id."""
    rows = {entity: iter(each) for entity, each in answer.items()}
    return [("", None) if each is None else (each[0], next(rows[each[0]])) for each in found]


async def answered(
    tables: Tables, step: NodeStep, services: Services, actor: Actor, request_id: str, variables: Variables
) -> bytes:
    """Return the member of `data`. Raises `Problem`."""
    ids = asked_ids(step.meaning, step.arguments, variables)
    found, keys = _asked(tables, step.meaning, ids, actor)
    answer: Mapping[str, Sequence[Any]] = {}
    if keys:
        sql, parameters = step.statement(frozenset(keys)).parameters(
            actor, request_id, {**variables, FOUND: keys}
        )
        answer = exactly(finished(services, (await services.database.fetchval(sql, *parameters)).encode()))
    rows = [row for _, row in _in_order(found, answer)]
    shown = encoded(rows if step.meaning.many else rows[0])
    return orjson.dumps(step.key) + b":" + shown.encode()


async def found(asked: Asked) -> Any:
    """Return the row of an id, or a row for each of several, with all its members: what resolvers answer."""
    meaning, context, tables = asked.meaning, asked.context, asked.tables
    assert isinstance(meaning, Node)  # nosec B101
    ids = asked_ids(meaning, asked.given, context.variables)
    named, keys = _asked(tables, meaning, ids, context.actor)
    getters: list[Getter] = []
    roots = tuple(
        tree.ByKeys(
            entity, entity, _slots(tables, getters, entity), default_children(tables, entity), above=True
        )
        for entity in keys
    )
    answer = await context.loaders.run(Statement(roots, tuple(getters)), {FOUND: keys}) if keys else {}
    rows = [
        None if row is None else build(tables, tables.nodes.class_of(entity), row)
        for entity, row in _in_order(named, answer)
    ]
    return rows if meaning.many else rows[0]
