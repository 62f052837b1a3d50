"""A Prisma schema in one file or in the files of a folder → what is read of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg

from bdc.catalog import Database
from bdc.ddl.names import Name
from bdc.importing.draft import Ledger, under
from bdc.importing.encoding import decoded
from bdc.importing.order import in_order
from bdc.importing.prisma.client import with_client
from bdc.importing.prisma.database import columns_of, database_of
from bdc.importing.prisma.elements import account
from bdc.importing.prisma.fitting import Fitted, fitted
from bdc.importing.prisma.parse import Block, PrismaError, parse
from bdc.source.records import dataclass
from bdc.stack.loading import normalised, run


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
    found = run(fitted(fresh(), known.database))
    for element, reason in _defaults_left_out(blocks, found):
        ledger.drop(element, reason)
    made = in_order(_made(found.database, fresh()), [table.name for table in found.database.tables])
    return PrismaSource(made, (*known.told, *found.told), dict(known.marks), ledger)


def _defaults_left_out(blocks: tuple[Block, ...], found: Fitted) -> Iterator[tuple[str, str]]:
    """Yield the element of each default that the database cannot have, and why."""
    for table, column, label, _ in columns_of(blocks):
        if (table, column) in found.without_default:
            model, _, field = label.partition(".")
            yield (
                under(f"model {model}", field, "@default"),
                "PostgreSQL does not take it: what its function does, an import of the folder of migrations reads",
            )


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
