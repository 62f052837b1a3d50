"""Where a database comes from: a server, a dump, a folder of migrations."""

import re
from collections.abc import Callable
from pathlib import Path

import asyncpg

from bdc.catalog import Database
from bdc.catalog.history_tables import history_tables, without_tables
from bdc.ddl.names import qualified
from bdc.importing.converge import NotImportable
from bdc.importing.jdl import jdl_database
from bdc.importing.openapi import openapi_database
from bdc.importing.prisma import prisma_database, with_client_defaults
from bdc.stack.catalog_reader import read_database
from bdc.stack.catalog_unread import unreadable
from bdc.stack.loading import LoadError, load_script, normalised, read_url, run, unreadable_at

URL = "db:"
_OF_ANOTHER = re.compile(r"alter default privileges for role ")
_LEAKPROOF = re.compile(r" LEAKPROOF\b")


class NoSource(Exception):
    """There is nothing to read under that name; the message says so."""


class BrokenScript(Exception):
    """A script does not run on PostgreSQL 18: the file, and each statement that failed with the server's words."""

    def __init__(self, file: str, failures: tuple[tuple[str, str], ...]) -> None:
        super().__init__(file)
        self.file = file
        self.failures = failures


def read_source(source: str, fresh: Callable[[], str]) -> tuple[Database, tuple[str, ...]]:
    """Return the database behind `db:URL`, a file of SQL, a folder of migrations (`*.sql`, or a folder with one per migration, in the
    order of their names), a Prisma schema, a JDL or an OpenAPI document; and what of it no database holds. Raises NoSource,
    BrokenScript, NotImportable, PrismaError, JdlError, OpenApiError, OSError and asyncpg.PostgresError."""
    if source.startswith(URL):
        url = source.removeprefix(URL)
        _refuse_unread(unreadable_at(url))
        database, history = _without_history(read_url(url))
        kept, left_out = _of_owners(database)
        return kept, (*history, *left_out)
    for ending, read in _MODELS.items():
        if source.endswith(ending):
            database, left_out = read(Path(source).read_text(encoding="utf-8"))
            return normalised(database, fresh()), left_out
    return _of_owners(run(_loaded(fresh(), _scripts(Path(source)))))


def _of_owners(database: Database) -> tuple[Database, tuple[str, ...]]:
    """Return what the owner of a database may make; and what only a superuser may say of it."""
    routines, left_out = [], []
    for routine in database.routines:
        head, dollar, body = routine.definition.partition("$")
        if _LEAKPROOF.search(head):
            what = f"{routine.kind} {qualified(routine.name)}{routine.signature}"
            left_out.append(f"{what} is LEAKPROOF, which only a superuser says: `alter {what} leakproof`")
            routine = routine.model_copy(update={"definition": _LEAKPROOF.sub("", head) + dollar + body})
        routines.append(routine)
    others = []
    for other in database.others:
        if other.kind == "default privileges" and _OF_ANOTHER.match(other.definition):
            left_out.append(
                f"{other.kind} {other.key}: only that role changes them, and they stay as they are"
            )
        else:
            others.append(other)
    kept = {"routines": tuple(routines), "others": tuple(others)}
    return database.model_copy(update=kept), tuple(left_out)


def _without_history(database: Database) -> tuple[Database, tuple[str, ...]]:
    """Leave out the tables of other tools for migrations: they stay, and stay those tools'."""
    tools = history_tables(database)
    told = (
        f"table `{qualified(name)}`: the history of {tool}; it stays as it is" for name, tool in tools.items()
    )
    return without_tables(database, tools), tuple(told)


def _prisma(text: str) -> tuple[Database, tuple[str, ...]]:
    """Read a Prisma schema; what the client makes for new rows becomes a default."""
    database, left_out = prisma_database(text)
    return with_client_defaults(text, database, left_out)


def _refuse_unread(found: tuple[str, ...]) -> None:
    if found:
        raise NotImportable(f"{each}: an import cannot read it" for each in found)


def name_of(source: str) -> str:
    """Return a name for what is read: the database's, the file's or the folder's."""
    tail = source.removeprefix(URL).rstrip("/").partition("?")[0].rpartition("/")[2]
    return tail.partition(".")[0] or "imported"


def _scripts(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    flat = sorted(found for found in path.glob("*.sql") if found.is_file())
    found = flat or sorted(path.glob("*/*.sql"))
    if not found:
        raise NoSource(f"`{path}` is no file, and no folder that holds SQL")
    return [each for each in found if not each.name.startswith("down")]


async def _loaded(url: str, scripts: list[Path]) -> Database:
    connection = await asyncpg.connect(url)
    try:
        for script in scripts:
            try:
                await load_script(connection, script.read_text(encoding="utf-8-sig"))
            except LoadError as failure:
                raise BrokenScript(str(script), failure.failures) from failure
        _refuse_unread(await unreadable(connection))
        return await read_database(connection)
    finally:
        await connection.close()


_MODELS: dict[str, Callable[[str], tuple[Database, tuple[str, ...]]]] = {
    ".prisma": _prisma,
    ".jdl": jdl_database,
    ".json": openapi_database,
    ".yaml": openapi_database,
    ".yml": openapi_database,
}
