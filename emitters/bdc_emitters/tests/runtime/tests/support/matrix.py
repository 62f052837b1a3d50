"""The permission matrix that the specification gives, and the rows it is tried on."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from services.engine.config import load_settings
from services.security.engine.encryption import FieldCipher
from tests.support.backend import Database
from tests.support.unpacked import unpacked

DOCUMENT = Path(__file__).resolve().parents[1] / "security" / "matrix.json"
Data = dict[str, Any]


@dataclass(frozen=True)
class Matrix:
    """The parsed document."""

    document: Data

    @property
    def system(self) -> str:
        return str(self.document["system"])

    @property
    def audience(self) -> str:
        return str(self.document["audience"])

    @property
    def entities(self) -> dict[str, Data]:
        found: dict[str, Data] = self.document["entities"]
        return found

    @cached_property
    def rows(self) -> dict[str, Data]:
        return {row["name"]: row for row in self.document["rows"]}

    def claims(self, caller: str) -> Data | None:
        """The members of a caller's token; None: he has none."""
        found: Data | None = self.document["callers"][caller]
        return found

    def cells(self, entity: str, action: str) -> list[Data]:
        return [
            cell for cell in self.document["cells"] if (cell["entity"], cell["action"]) == (entity, action)
        ]

    @cached_property
    def actions(self) -> list[tuple[str, str]]:
        """Every entity and action that has cells, in order."""
        return list(dict.fromkeys((cell["entity"], cell["action"]) for cell in self.document["cells"]))


def load_matrix() -> Matrix:
    return Matrix(unpacked(json.loads(DOCUMENT.read_text(encoding="utf-8"))))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Rows:
    """Puts the matrix's rows into the database, and back again after something has changed them. `refused`: rows that PostgreSQL
    does not take, with the reason; the tests skip what depends on them."""

    def __init__(self, database: Database, matrix: Matrix) -> None:
        self._database = database
        self._matrix = matrix
        self.refused: dict[str, str] = {}
        self._changed: dict[str, Data] = {}

    def restore(self, changed: dict[str, Data] | None = None) -> None:
        """Make the tables hold exactly the matrix's rows (and whatever other tests' rows do not stand in their way). `changed`: the
        name of a row → columns that it gets instead."""
        self._changed = changed or {}
        self._database.run(self._restore())

    def known(self, cells: list[Data]) -> list[Data]:
        """Return the cells whose rows are all there."""
        return [cell for cell in cells if not self.refused.keys() & {cell["row"], *cell.get("uncertain", ())}]

    @cached_property
    def _cipher(self) -> FieldCipher:
        return FieldCipher(load_settings(self._database.environment).secrets)

    def _sealed(self, row: Data) -> Data:
        """Return the columns of a row, those that are encrypted as the service would store them."""
        bound: dict[str, str] = row.get("sealed", {})
        columns: Data = {**row["columns"], **self._changed.get(row["name"], {})}
        for name, context in bound.items():
            columns[name] = self._cipher.encrypt(columns[name], context)
        return columns

    async def _restore(self) -> None:
        try:
            await self._put(self._taken())
        except asyncpg.IntegrityConstraintViolationError:
            await self._try_each()
            await self._put(self._taken())

    def _taken(self) -> list[Data]:
        return [row for row in self._matrix.document["rows"] if row["name"] not in self.refused]

    async def _put(self, rows: list[Data]) -> None:
        admin = self._database.admin
        async with admin.transaction():
            await self._clear()
            grouped: dict[tuple[str, ...], list[Data]] = {}
            for row in rows:
                grouped.setdefault((row["table"], *row["columns"]), []).append(self._sealed(row))
            for (table, *_), several in grouped.items():
                await insert_all(admin, table, several)

    async def _clear(self) -> None:
        # Triggers and keys are the service's business; here rows are simply put where the matrix wants them, in cycles too.
        await self._database.admin.execute("set local session_replication_role = replica")
        for table in self._matrix.document["tables"]:
            await self._database.admin.execute(f"delete from {table}")

    async def _try_each(self) -> None:
        """Find out which rows are refused, and leave out those that refer to them."""
        admin = self._database.admin
        async with admin.transaction():
            await self._clear()
            for row in self._matrix.document["rows"]:
                lost = [name for name in row.get("refers", ()) if name in self.refused]
                if lost:
                    self.refused[row["name"]] = f"{row['entity']}: it refers to {lost[0]}"
                    continue
                try:
                    async with admin.transaction():
                        await insert(admin, row["table"], self._sealed(row))
                except asyncpg.IntegrityConstraintViolationError as refusal:
                    self.refused[row["name"]] = f"{row['entity']}: {refusal.constraint_name or refusal}"


def _segment(part: Any) -> str:
    return part if isinstance(part, str) else json.dumps(part)


def names_of(call: Data, row: Data) -> Data:
    """Return what names a row in the path of a call: an entity that stands at several paths has other values in each."""
    found: Data = row.get("paths", {}).get(call.get("of"), row["path"])
    return found


def path_of(call: Data, row: Data, place: str = "path") -> str:
    """Return the path of a call about a row: what names the row in the place of the parameters."""
    named = {name: quote(_segment(part), safe="") for name, part in names_of(call, row).items()}
    return str(call[place]).format(**named)


def told_apart(cell: Data, call: Data | None) -> bool:
    """Whether a call knows the caller of a cell: an api that does not take what a caller shows sees it as anonymous."""
    if call is None or cell["caller"] == "anonymous":
        return call is not None
    return bool(call["api_key"] if shows_key(cell["caller"]) else call["credential"])


@cache
def _callers_with_keys() -> frozenset[str]:
    document = load_matrix().document
    members = document.get("others", {}).keys()
    return frozenset(name for name, claims in document["callers"].items() if members & (claims or {}).keys())


def shows_key(caller: str) -> bool:
    """Whether a caller shows an API key, whatever others show."""
    return caller in _callers_with_keys()


_TYPES = """
select string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ')
from pg_attribute where attrelid = $1::text::regclass and attname = any($2::text[])
"""


async def column_types(connection: "asyncpg.Connection[Any]", table: str, columns: list[str]) -> str:
    """Return the columns with their types, as a list of definitions."""
    return str(await connection.fetchval(_TYPES, table, columns))


async def insert(connection: "asyncpg.Connection[Any]", table: str, columns: Data) -> None:
    """Insert one row given as JSON; PostgreSQL does the typing."""
    await insert_all(connection, table, [columns])


# How the columns of a row given as JSON are read: bytes stand in base64 there, as they do in every body.
_GIVEN = """
select string_agg(quote_ident(attname), ', '),
       string_agg(quote_ident(attname) || ' ' || case base when 'bytea'::regtype then 'text' when 'bytea[]'::regtype then 'text[]'
         else format_type(atttypid, atttypmod) end, ', '),
       string_agg(format(case base when 'bytea'::regtype then 'decode(%1$I, ''base64'')' when 'bytea[]'::regtype then
         'case when %1$I is not null then array(select decode(v, ''base64'') from unnest(%1$I) with ordinality as u(v, n) order by n) end'
         else '%1$I' end, attname), ', ')
from (select attname, atttypid, atttypmod, coalesce(nullif(typbasetype, 0), atttypid) as base
      from pg_attribute join pg_type on pg_type.oid = atttypid
      where attrelid = $1::text::regclass and attname = any($2::text[])) as found
"""


async def insert_all(connection: "asyncpg.Connection[Any]", table: str, rows: list[Data]) -> None:
    """Insert rows that give the same columns; PostgreSQL does the typing."""
    names, types, values = await connection.fetchrow(_GIVEN, table, list(rows[0])) or ("", "", "")
    statement = (
        f"insert into {table} ({names}) overriding system value"
        f" select {values} from jsonb_to_recordset($1::jsonb) as given({types})"
    )
    await connection.execute(statement, json.dumps(rows))
