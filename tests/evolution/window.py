"""Who sees which rows while a plan runs: at every commit no role may see a row that it saw neither before nor sees after."""

from dataclasses import dataclass, field

import asyncpg

from bdc.ddl.names import full, quote
from tests.evolution.edits.words import READER, WRITER
from tests.evolution.laboratory import Connection
from tests.evolution.pairs import Evolved

ROLES = (READER, WRITER)
_NAMES = """
select format('%I.%I', n.nspname, c.relname), quote_ident(a.attname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid where c.oid = $1 and a.attnum = $2 and not a.attisdropped
"""
Place = tuple[int, int]  # a table and the column that its rows are told apart by, whatever they are called
View = dict[tuple[str, Place], frozenset[str]]


@dataclass
class Window:
    """`views`: what was seen at each commit."""

    connection: Connection
    places: tuple[Place, ...]
    views: list[View] = field(default_factory=list)

    async def look(self) -> None:
        self.views.append(
            {(role, place): await self._seen(role, place) for role in ROLES for place in self.places}
        )

    async def _seen(self, role: str, place: Place) -> frozenset[str]:
        names = await self.connection.fetchrow(_NAMES, *place)
        if names is None:
            return frozenset()
        query = f"select {names[1]}::text from {names[0]}"
        try:
            async with self.connection.transaction():
                await self.connection.execute(f"set local role {quote(role)}")
                return frozenset(row[0] for row in await self.connection.fetch(query))
        except asyncpg.InsufficientPrivilegeError:
            return frozenset()

    def wider(self) -> list[str]:
        """Return where somebody saw more than before and after."""
        first, last = self.views[0], self.views[-1]
        return [
            f"after commit {number} {key[0]} sees {sorted(more)[:3]} of {key[1]}"
            for number, view in enumerate(self.views)
            for key, seen in view.items()
            if (more := seen - first[key] - last[key])
        ]


async def window(connection: Connection, evolved: Evolved) -> Window:
    """Return a window on the tables that go on and whose rows or rights are guarded, before or after; it has looked once."""
    guarded = {each.name for each in evolved.new.tables if each.row_security or each.rights}
    places = []
    for now, was in evolved.origins.tables.items():
        old = next((each for each in evolved.old.tables if each.name == was and each.parent is None), None)
        if old is None or old.primary_key is None or not (old.row_security or old.rights or now in guarded):
            continue
        column = old.primary_key.columns[0]
        found = await connection.fetchrow(
            "select attrelid::bigint, attnum::int from pg_attribute where attrelid = to_regclass($1) and attname = $2",
            full(was),
            column,
        )
        places.append((found[0], found[1]))
    made = Window(connection, tuple(places))
    await made.look()
    return made
