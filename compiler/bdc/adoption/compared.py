"""Whether a specification is about a live database: what the database has is what the specification says, but for what a backend adds."""

from collections.abc import Callable, Iterable, Iterator

import asyncpg

from bdc.catalog import Database, Difference, assemble, differences
from bdc.catalog.history_tables import history_tables, without_tables
from bdc.catalog.live.reader import read_database
from bdc.ddl.names import Name, qualified, quote
from bdc.ddl.nodes import Statement
from bdc.ddl.printer import print_script
from bdc.ddl.spatial import encoded
from bdc.ir import SystemIR
from bdc.schema.names import APP, roles_of
from bdc.schema.statements import found
from bdc.stack.loading import prepare, run


class Unlike(Exception):
    """The specification says something else than the database has. `differences`: what, one line each."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.differences = tuple(lines)
        super().__init__("; ".join(self.differences))


def found_state(live: Database, system: SystemIR, fresh: Callable[[], str]) -> Database:
    """Return the database that `live` is, spelled as the statements of `system` make it. A default that only the specification has is
    left out of it: it is added. `fresh` makes an empty database and returns its URL. Raises Unlike."""
    said = assemble(found(system))
    if any(schema.name == APP for schema in live.schemas):
        raise Unlike([f"schema {APP}: every backend has one of this name for itself"])
    left = without_histories(live, said)
    asked = run(as_made(fresh(), live, found(system)))
    unlike = [each for each in differences(left, asked) if not _is_added_right(each, system)]
    added = frozenset(each.path for each in unlike if each.attribute == "default" and each.old is None)
    others = [str(each) for each in unlike if each.path not in added]
    if others:
        raise Unlike(others)
    return _without_defaults(said, added)


def without_histories(live: Database, said: Database) -> Database:
    """Return `live` without the histories of other tools for migrations, unless the specification says such a table."""
    ours = frozenset(table.name for table in said.tables)
    return without_tables(live, (name for name in history_tables(live) if name not in ours))


async def as_made(url: str, live: Database, statements: Iterable[Statement]) -> Database:
    """Return what `statements` make in the empty database at `url`, as PostgreSQL spells it; they may name roles and extensions that the
    server of `live` has. Raises asyncpg.PostgresError."""
    connection = await asyncpg.connect(url)
    try:
        await prepare(connection, live)
        async with connection.transaction():
            await connection.execute(encoded(print_script(statements)))
        return await read_database(connection)
    finally:
        await connection.close()


def _is_added_right(difference: Difference, system: SystemIR) -> bool:
    """Whether only rights of the backend's roles differ: a server may have them from another database of the same system."""
    roles = roles_of(system)
    names = (roles.owner, roles.migrator, roles.runtime, roles.service, roles.readonly)
    return ", right " in difference.path and difference.path.endswith(tuple(f" to {name}" for name in names))


def _without_defaults(database: Database, paths: frozenset[str]) -> Database:
    if not paths:
        return database
    tables = []
    for table in database.tables:
        gone = set(_columns(table.name, paths))
        columns = tuple(
            each.model_copy(update={"default": None}) if each.name in gone else each for each in table.columns
        )
        tables.append(table.model_copy(update={"columns": columns}))
    return database.model_copy(update={"tables": tuple(tables)})


def _columns(table: Name, paths: frozenset[str]) -> Iterator[str]:
    begin = f"table {qualified(table)}, column "
    for path in paths:
        if path.startswith(begin):
            name = path.removeprefix(begin)
            yield name.strip('"').replace('""', '"') if name == quote(name.strip('"')) else name
