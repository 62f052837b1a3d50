"""Batching for resolvers: rows of one level that ask for the same relation are answered by one statement.

What is loaded is everything a row has (`default_children`), because resolvers of users may look at any of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from strawberry.dataloader import DataLoader

from api.graphql.engine.executor import finished
from api.graphql.engine.literals import Variables
from api.graphql.engine.meaning import Many, Member, One, Struct
from api.graphql.engine.plans import Statement
from api.graphql.engine.tables import Tables
from services.data.engine import selection as tree
from services.data.engine.database import Source
from services.data.engine.jsontext import exactly
from services.data.engine.resource import DISTANCE
from services.engine.container import Services
from services.security.engine.actor import Actor

Key = tuple[Any, ...]


class Loaders:
    """One loader per relation and length, for one request."""

    def __init__(
        self, services: Services, actor: Actor, request_id: str, source: Source, tables: Tables
    ) -> None:
        self.tables = tables
        self._source = source
        self._services = services
        self._actor = actor
        self._request_id = request_id
        self._loaders: dict[tuple[str, str, int], DataLoader[Key, Any]] = {}

    async def run(self, statement: Statement, variables: Variables) -> Any:
        """Return the decoded answer of one statement."""
        sql, parameters = statement.parameters(self._actor, self._request_id, variables)
        source = self._source if statement.replica else self._services.database
        body = (await source.fetchval(sql, *parameters)).encode()
        return exactly(finished(self._services, body))

    async def related(self, entity: str, key: Key, meaning: One | Many, first: int = 0) -> Any:
        """Return the row or rows that one row's relation leads to, as PostgreSQL's JSON by member name."""
        name = (entity, meaning.relation, first)
        loader = self._loaders.get(name)
        if loader is None:
            loader = self._loaders[name] = DataLoader(_Batch(self, entity, meaning, first))
        return await loader.load(key)


class _Batch:
    """Loads one relation of many rows: the rows by key, each with that relation alone."""

    def __init__(self, loaders: Loaders, entity: str, meaning: One | Many, first: int) -> None:
        self._loaders = loaders
        children = default_children(loaders.tables, meaning.entity)
        relation: tree.Child = (
            tree.One("found", meaning.relation, children)
            if isinstance(meaning, One)
            else tree.Many("found", meaning.relation, first, children)
        )
        parts = len(loaders.tables.keys[entity])
        root = tree.ByKeys("rows", entity, tuple(tree.Slot(part) for part in range(parts)), (relation,))
        slots = tuple(_part(part) for part in range(parts))
        self._statement = Statement((root,), slots)
        self._missing = None if isinstance(meaning, One) else ()

    async def __call__(self, keys: list[Key]) -> Sequence[Any]:
        """Return what was found for each key, in order."""
        answer = await self._loaders.run(self._statement, {"keys": keys})
        return [self._missing if row is None else row["found"] for row in answer["rows"]]


def _part(part: int) -> Any:
    return lambda variables: [key[part] for key in variables["keys"]]


def default_children(tables: Tables, entity: str) -> tuple[tree.Child, ...]:
    """Return every member of an entity under its own name."""
    fields = tables.of(entity).fields.values()
    values = (each.member for each in fields if isinstance(each, Member | Struct))
    return tuple(tree.Distance(name) if name == DISTANCE else tree.Leaf(name, name) for name in values)
