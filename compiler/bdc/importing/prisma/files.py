"""A Prisma schema in one file or in the files of a folder → what is read of it."""

from collections.abc import Callable
from pathlib import Path

import asyncpg

from bdc.catalog import Database, Extension, Table
from bdc.ddl.names import Name, qualified, quote
from bdc.ddl.printer import literal
from bdc.ddl.spatial import encoded
from bdc.importing.draft import Ledger
from bdc.importing.encoding import decoded
from bdc.importing.order import in_order
from bdc.importing.prisma.client import Known, with_client
from bdc.importing.prisma.database import database_of
from bdc.importing.prisma.elements import account
from bdc.importing.prisma.parse import Block, PrismaError, parse
from bdc.source.records import dataclass
from bdc.stack.loading import normalised, run
from bdc.stack.stand_ins import CONTROL_PATH


@dataclass(frozen=True, slots=True)
class PrismaSource:
    """`database`: as PostgreSQL spells it; `told`: what the report says of the client; `marks`: attributes of fields."""

    database: Database
    told: tuple[str, ...]
    marks: dict[tuple[Name, str], str]
    ledger: Ledger


def read_prisma(path: Path, fresh: Callable[[], str]) -> PrismaSource:
    """Return what a file, or a folder with files, says. Raises PrismaError, OSError and asyncpg.PostgresError."""
    blocks = _blocks(path)
    if not any(block.kind in ("model", "enum") for block in blocks):
        raise PrismaError(1, "it has no model and no enum")
    ledger = account(blocks)
    database, left_out = database_of(blocks)
    known = with_client(blocks, database, left_out)
    fitted, missing = run(_fitted(fresh(), known))
    made = in_order(_made(fitted, fresh()), [table.name for table in fitted.tables])
    return PrismaSource(made, (*known.told, *missing), dict(known.marks), ledger)


def _made(database: Database, url: str) -> Database:
    try:
        return normalised(database, url)
    except asyncpg.PostgresConnectionError:
        raise
    except asyncpg.PostgresError as problem:
        raise PrismaError(None, f"PostgreSQL does not take it: {problem}") from problem


def _blocks(path: Path) -> tuple[Block, ...]:
    files = sorted(path.rglob("*.prisma")) if path.is_dir() else [path]
    found: list[Block] = []
    for file in files:
        text, _ = decoded(file.read_bytes())
        try:
            found += parse(text)
        except PrismaError as error:
            raise (
                error if len(files) == 1 else PrismaError(error.line, f"in {file.name}: {error.message}")
            ) from error
    names = [(block.kind in ("model", "enum", "view", "type"), block.name) for block in found]
    for block, name in zip(found, names, strict=True):
        if names.count(name) > 1 and name[0]:
            raise PrismaError(block.line, f"`{block.name}` is declared twice")
    return tuple(found)


async def _fitted(url: str, known: Known) -> tuple[Database, tuple[str, ...]]:
    """Leave out extensions that no server here has, and let columns of types that are not there be texts."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"set extension_control_path = {literal(CONTROL_PATH)}")
        kept, told = [], []
        for extension in known.database.extensions:
            if await _make(connection, extension):
                kept.append(extension.model_copy(update={"schema_name": None}))
            else:
                told.append(
                    f"extension {extension.name}: the embedded server does not carry it, nor a stand-in"
                )
        enums = {qualified(each.name) for each in known.database.enums}
        tables = []
        for table in known.database.tables:
            tables.append(await _with_known_types(connection, table, enums, told))
    finally:
        await connection.close()
    return known.database.model_copy(update={"extensions": tuple(kept), "tables": tuple(tables)}), tuple(told)


async def _make(connection: "asyncpg.Connection[asyncpg.Record]", extension: Extension) -> bool:
    try:
        await connection.execute(f"create extension if not exists {quote(extension.name)}")
    except asyncpg.PostgresError:
        return False
    return True


async def _with_known_types(
    connection: "asyncpg.Connection[asyncpg.Record]", table: Table, enums: set[str], told: list[str]
) -> Table:
    columns = []
    for column in table.columns:
        if column.type.removesuffix("[]") not in enums and not await _is_type(connection, column.type):
            told.append(
                f"{table.name.name}.{column.name}: type {column.type} is not known here, taken for text"
            )
            column = column.model_copy(update={"type": "text", "default": None})
        columns.append(column)
    return table.model_copy(update={"columns": tuple(columns)})


async def _is_type(connection: "asyncpg.Connection[asyncpg.Record]", spelled: str) -> bool:
    try:
        return await connection.fetchval("select to_regtype($1) is not null", encoded(spelled)) is True
    except asyncpg.PostgresError:
        return False
