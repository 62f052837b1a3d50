"""Where a database comes from: a server, a dump, a folder of migrations, a Prisma schema."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path

import asyncpg

from bdc.catalog import Database
from bdc.catalog.history_tables import history_tables, without_tables
from bdc.catalog.live.reader import read_database
from bdc.catalog.live.unread import unreadable
from bdc.ddl.names import Name, qualified
from bdc.importing.converge import NotImportable
from bdc.importing.draft import Ledger
from bdc.importing.order import in_order, made_first
from bdc.importing.prisma import read_prisma
from bdc.importing.scripts import NoSource, Script, left_out, read_folder
from bdc.source.records import dataclass
from bdc.stack.loading import LoadError, load_script, read_url, run, unreadable_at

__all__ = ["URL", "BrokenScript", "NoSource", "Read", "name_of", "read", "read_source"]

URL = "db:"
_OF_ANOTHER = re.compile(r"alter default privileges for role ")
_LEAKPROOF = re.compile(r" LEAKPROOF\b")


class BrokenScript(Exception):
    """A script does not run on PostgreSQL 18: the file, and each statement that failed with the server's words."""

    def __init__(self, file: str, failures: tuple[tuple[str, str], ...]) -> None:
        super().__init__(file)
        self.file = file
        self.failures = failures


@dataclass(frozen=True, slots=True)
class Read:
    """`left_out`: what the source says that no database holds, or that is not run; `marks`: attributes of fields that no catalog holds;
    `ledger`: what became of each element, of a source that has elements of its own."""

    database: Database
    left_out: tuple[str, ...]
    marks: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    ledger: Ledger | None = None


def read_source(source: str, fresh: Callable[[], str]) -> tuple[Database, tuple[str, ...]]:
    """Return the database of a source, and what of it no database holds; see `read`."""
    found = read(source, fresh)
    return found.database, found.left_out


def read(source: str, fresh: Callable[[], str]) -> Read:
    """Read `db:URL`, a file of SQL, a folder of migrations, a Prisma schema or a folder with one. Raises NoSource, BrokenScript,
    NotImportable, PrismaError, OSError and asyncpg.PostgresError."""
    if source.startswith(URL):
        url = source.removeprefix(URL)
        _refuse_unread(unreadable_at(url))
        database, history = _without_history(read_url(url))
        kept, told = _of_owners(database)
        return Read(kept, (*history, *told))
    path = Path(source)
    if _is_prisma(path) and path.exists():
        found = read_prisma(path, fresh)
        return Read(found.database, found.told, found.marks, found.ledger)
    folder = read_folder(path)
    kept, told = _of_owners(run(_loaded(fresh(), folder.scripts)))
    history = ()
    if path.is_dir() or folder.tool is not None:
        kept, history = _without_history(kept)
    if path.is_dir() and not _holds_something(kept) and not told:
        # One file may be the empty beginning of a history; a folder of nothing is another one than was meant.
        raise NoSource(f"`{source}` runs, and leaves no table, type, function or view")
    return Read(kept, (*told, *history, *left_out(folder)))


def _is_prisma(path: Path) -> bool:
    """Whether it is a Prisma schema, or a folder that holds one in files of its own."""
    return path.suffix == ".prisma" or (
        path.is_dir() and any(path.rglob("*.prisma")) and not any(path.glob("*.sql"))
    )


def _holds_something(database: Database) -> bool:
    listed = ("enums", "domains", "sequences", "routines", "tables", "views", "others", "extensions")
    return any(getattr(database, name) for name in listed)


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
    schemas = []
    for schema in database.schemas:
        if schema.name == "public" and schema.comment is not None:
            left_out.append(
                "the comment on schema public: only its owner, the database's, changes it; it stays as it is"
            )
            schema = schema.model_copy(update={"comment": None})
        schemas.append(schema)
    kept = {"routines": tuple(routines), "others": tuple(others), "schemas": tuple(schemas)}
    return database.model_copy(update=kept), tuple(left_out)


def _without_history(database: Database) -> tuple[Database, tuple[str, ...]]:
    """Leave out the tables of other tools for migrations: they stay, and stay those tools'."""
    tools = history_tables(database)
    told = (
        f"table `{qualified(name)}`: the history of {tool}; it stays as it is" for name, tool in tools.items()
    )
    return without_tables(database, tools), tuple(told)


def _refuse_unread(found: tuple[str, ...]) -> None:
    if found:
        raise NotImportable(f"{each}: an import cannot read it" for each in found)


def name_of(source: str) -> str:
    """Return a name for what is read: the database's, the file's or the folder's."""
    tail = source.removeprefix(URL).rstrip("/").partition("?")[0].rpartition("/")[2]
    return tail.partition(".")[0] or "imported"


async def _loaded(url: str, scripts: Sequence[Script]) -> Database:
    connection = await asyncpg.connect(url)
    try:
        for script in scripts:
            try:
                await load_script(connection, script.text)
            except LoadError as failure:
                raise BrokenScript(script.name, failure.failures) from failure
        _refuse_unread(await unreadable(connection))
        return in_order(await read_database(connection), await made_first(connection))
    finally:
        await connection.close()
