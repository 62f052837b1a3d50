"""What a schema names and does not make: extensions that a server carries, types and functions that are nowhere."""

import asyncpg

from bdc.catalog import Column, Database, Extension, Table
from bdc.ddl.names import Name, qualified, quote
from bdc.ddl.printer import literal
from bdc.ddl.spatial import encoded
from bdc.source.records import dataclass
from bdc.stack.missing_extensions import extension_for
from bdc.stack.stand_ins import CONTROL_PATH


@dataclass(frozen=True, slots=True)
class Fitted:
    """`database`: what can be made here; `told`: what was changed for that; `without_default`: columns whose default
    PostgreSQL does not take."""

    database: Database
    told: tuple[str, ...]
    without_default: frozenset[tuple[Name, str]]


async def fitted(url: str, database: Database) -> Fitted:
    """Make the extensions that the schema names or stands on, leave out those that no server here has, let columns of types that are not
    there be texts, and leave out defaults that cannot be there. Raises asyncpg.PostgresError."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"set extension_control_path = {literal(CONTROL_PATH)}")
        fitting = _Fitting(connection, {qualified(each.name) for each in database.enums})
        for extension in database.extensions:
            await fitting.add(extension)
        tables = [await fitting.table(table) for table in database.tables]
    finally:
        await connection.close()
    kept = database.model_copy(update={"extensions": tuple(fitting.extensions), "tables": tuple(tables)})
    return Fitted(kept, tuple(fitting.told), frozenset(fitting.without_default))


class _Fitting:
    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", enums: set[str]) -> None:
        self._connection, self._enums = connection, enums
        self.extensions: list[Extension] = []
        self.told: list[str] = []
        self.without_default: set[tuple[Name, str]] = set()

    async def add(self, extension: Extension) -> None:
        if await self._make(extension.name):
            self.extensions.append(extension.model_copy(update={"schema_name": None}))
        else:
            self.told.append(
                f"extension {extension.name}: the embedded server does not carry it, nor a stand-in"
            )

    async def table(self, table: Table) -> Table:
        columns = [await self._column(table, column) for column in table.columns]
        return table.model_copy(update={"columns": tuple(columns)})

    async def _column(self, table: Table, column: Column) -> Column:
        if column.type.removesuffix("[]") not in self._enums and not await self._is_type(column.type):
            self.told.append(
                f"{table.name.name}.{column.name}: type {column.type} is not known here, taken for text"
            )
            return column.model_copy(update={"type": "text", "default": None})
        wrong = None if column.type.removesuffix("[]") in self._enums else await self._wrong(column)
        if wrong is None:
            return column
        self.told.append(f"{table.name.name}.{column.name}: its default is left out: {wrong}")
        self.without_default.add((table.name, column.name))
        return column.model_copy(update={"default": None})

    async def _is_type(self, spelled: str) -> bool:
        if await self._resolves(spelled):
            return True
        base = spelled.removesuffix("[]").partition("(")[0].strip()
        return await self._stands_on(f'type "{base}" does not exist') and await self._resolves(spelled)

    async def _resolves(self, spelled: str) -> bool:
        try:
            return (
                await self._connection.fetchval("select to_regtype($1) is not null", encoded(spelled)) is True
            )
        except asyncpg.PostgresError:
            return False

    async def _wrong(self, column: Column) -> str | None:
        """Return what PostgreSQL says of a default that it does not take. Enums and sequences of the schema are not made yet: that they
        are not there says nothing."""
        if column.default is None or column.default.startswith("nextval("):
            return None
        table = f"create temporary table fitted (c {column.type} default {column.default}) on commit drop"
        for _ in range(2):
            try:
                await self._connection.execute(encoded(table))
            except (asyncpg.UndefinedObjectError, asyncpg.UndefinedTableError):
                return None
            except asyncpg.PostgresError as problem:
                if not await self._stands_on(str(problem)):
                    return str(problem).partition("\n")[0]
            else:
                return None
        return None

    async def _stands_on(self, said: str) -> bool:
        """Make the extension that has what is not there, and keep it: the schema does not name it, and stands on it."""
        found = extension_for(said)
        if found is None or any(each.name == found[0] for each in self.extensions):
            return False
        if not await self._make(found[0]):
            return False
        self.extensions.append(Extension(name=found[0]))
        self.told.append(f"extension {found[0]}: the schema does not name it, and uses it")
        return True

    async def _make(self, name: str) -> bool:
        try:
            await self._connection.execute(f"create extension if not exists {quote(name)} cascade")
        except asyncpg.PostgresError:
            return False
        return True
