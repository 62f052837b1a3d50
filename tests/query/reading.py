"""The composer over compiled fragments, as an emitted service would hold it."""

import dataclasses
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
from tests.query.shop import MEMBER, Caller, queries
from tests.support.postgres import Database, run

import bdc_emitters.service
from bdc.ir.compiled import CompiledQueries

sys.path.insert(0, str(Path(bdc_emitters.service.__file__).parent / "runtime"))

from services.data.engine import fragments as runtime
from services.data.engine.compose import Composed, Composer
from services.data.engine.selection import Leaf, NextCursor, Nodes, Page


def mirrored(value: Any) -> Any:
    """Return compiled facts as the classes of the service, which has its own."""
    if isinstance(value, tuple):
        return tuple(mirrored(item) for item in value)
    if not dataclasses.is_dataclass(value):
        return value
    members = {field.name: mirrored(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return getattr(runtime, type(value).__name__)(**members)


def composer_of(compiled: CompiledQueries) -> Composer:
    return Composer(
        runtime.Fragments(identity=mirrored(compiled.identity), entities=mirrored(compiled.reads))
    )


@cache
def shop_composer(mode: str) -> Composer:
    return composer_of(queries(mode))


def leaves(composer: Composer, entity: str) -> tuple[Leaf, ...]:
    """Return every member of an entity."""
    return tuple(Leaf(member.name, member.name) for member in composer.fragments.entity[entity].members)


def page(entity: str, children: tuple[Any, ...], first: Any = 20, **more: Any) -> Page:
    return Page(entity, entity, first, (Nodes("items", children), NextCursor("next_cursor")), **more)


def fetch(
    database: Database, composed: Composed, identity: tuple[str, ...], values: list[Any], user: str
) -> Any:
    """Run a statement on a connection that nothing was bound on before."""

    async def work() -> asyncpg.Record:
        connection = await asyncpg.connect(database.url(user), server_settings={"timezone": "UTC"})
        try:
            return await connection.fetchrow(composed.sql, *composed.bind(identity, values))
        finally:
            await connection.close()

    return run(work())


def parsed(body: str) -> Any:
    """Parse a body whose cursors are still unsigned."""
    return json.loads(marked_as_json(body), strict=False)


def marked_as_json(body: str) -> str:
    """Replace every marked payload by itself as a JSON string."""
    parts = body.split('"\x01')
    rest = [part.split('\x02"', 1) for part in parts[1:]]
    return parts[0] + "".join(json.dumps(payload) + after for payload, after in rest)


@dataclasses.dataclass
class Reader:
    """Reads the shop as one caller after another."""

    database: Database
    mode: str

    @property
    def composer(self) -> Composer:
        return shop_composer(self.mode)

    def row(self, root: Any, *values: Any, caller: Caller = MEMBER) -> Any:
        composed = self.composer.row(root, frozenset(caller.roles.split(",")))
        return fetch(self.database, composed, caller.identity(), list(values), "shop_runtime")

    def value(self, root: Any, *values: Any, caller: Caller = MEMBER) -> Any:
        composed = self.composer.value(root, frozenset(caller.roles.split(",")))
        return parsed(fetch(self.database, composed, caller.identity(), list(values), "shop_runtime")["body"])

    def document(self, roots: tuple[Any, ...], *values: Any, caller: Caller = MEMBER) -> Any:
        composed = self.composer.document(roots, frozenset(caller.roles.split(",")))
        return parsed(fetch(self.database, composed, caller.identity(), list(values), "shop_runtime")["body"])

    def all(self, entity: str, caller: Caller) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.value(
            page(entity, leaves(self.composer, entity), 100), caller=caller
        )["items"]
        return rows
