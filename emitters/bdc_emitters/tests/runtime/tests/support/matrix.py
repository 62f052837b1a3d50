"""The permission matrix that the specification gives, and the rows it is tried on."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg

from tests.support.backend import Database

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
    return Matrix(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_TYPES = """
select string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ')
from pg_attribute where attrelid = $1::text::regclass and attname = any($2::text[])
"""


class Rows:
    """Puts the matrix's rows into the database, and back again after something has changed them."""

    def __init__(self, database: Database, matrix: Matrix) -> None:
        self._database = database
        self._matrix = matrix

    def restore(self) -> None:
        """Make the tables hold exactly the matrix's rows (and whatever other tests' rows do not stand in their way)."""
        self._database.run(self._restore())

    async def _restore(self) -> None:
        admin = self._database.admin
        async with admin.transaction():
            # Triggers and keys are the service's business; here rows are simply put where the matrix wants them.
            await admin.execute("set local session_replication_role = replica")
            for entity in self._matrix.entities.values():
                await admin.execute(f"delete from {entity['table']}")
            for row in self._matrix.document["rows"]:
                await insert(admin, self._matrix.entities[row["entity"]]["table"], row["columns"])


async def insert(connection: "asyncpg.Connection[Any]", table: str, columns: Data) -> None:
    """Insert one row given as JSON; PostgreSQL does the typing."""
    names = ", ".join(quoted(name) for name in columns)
    typed = await connection.fetchval(_TYPES, table, list(columns))
    statement = (
        f"insert into {table} ({names}) overriding system value"
        f" select {names} from jsonb_to_record($1::jsonb) as given({typed})"
    )
    await connection.execute(statement, json.dumps(columns))
