"""What an import writes is built and loaded: the catalog is what it was, and the formatter has nothing to say."""

from collections.abc import Iterable, Iterator

import asyncpg
import pytest

from bdc.catalog import Database, differences
from bdc.catalog.live.reader import read_database
from bdc.ddl.printer import print_script
from bdc.diagnostics import DiagnosticSink
from bdc.importing.converge import Imported, converge
from bdc.pipeline import compile_system
from bdc.query import compile_queries
from bdc.schema.statements import preamble, schema
from bdc.source import SourceFile
from bdc.stack.loading import load_script, prepare
from bdc.syntax import format_file
from tests.support import corpus
from tests.support.postgres import Databases, Template, run

pytestmark = [pytest.mark.postgres]

# What building a specification closes to everybody, whatever is in it.
_OF_EVERY_SYSTEM = ("default privileges", "rights on type", "revoke", "schema public")


async def loaded(url: str, scripts: tuple[str, ...]) -> Database:
    connection = await asyncpg.connect(url)
    try:
        for script in scripts:
            await load_script(connection, script)
        return await read_database(connection)
    finally:
        await connection.close()


def migrated(name: str, databases: Databases) -> Database:
    """Read what the scripts of a corpus make; they run once per session."""

    async def build(url: str) -> None:
        await loaded(url, corpus.scripts(name))

    made = databases.fresh(Template(f"import_{name}", build))
    return run(loaded(made.superuser_url, ()))


async def built(url: str, imported: Imported, source: Database) -> Database:
    """Build the files as they were written and load what comes out."""
    files = [SourceFile(name, text) for name, text in imported.files.items()]
    system = compile_system(files).system
    assert system is not None
    queries = compile_queries(system, True)
    connection = await asyncpg.connect(url)
    try:
        await prepare(connection, source)
        async with connection.transaction():
            await connection.execute(print_script([*preamble(system, queries), *schema(system, queries)]))
        return await read_database(connection, ["public", *(each.name for each in source.schemas)])
    finally:
        await connection.close()


def lost(source: Database, again: Database) -> list[str]:
    """What differs, but for the right of a system's own roles to enter its schemas."""
    found = (each for each in differences(source, again) if not each.path.startswith(_OF_EVERY_SYSTEM))
    return [
        str(each)
        for each in found
        if not (each.path.startswith("schema ") and ", right usage to " in each.path)
    ]


def unformatted(imported: Imported) -> list[str]:
    sink = DiagnosticSink()
    return [
        name for name, text in imported.files.items() if format_file(SourceFile(name, text), sink) != text
    ]


# How many tables are entities, partitions are parts of one, and domains are types: what is left to SQL is lossless too, and no help to
# anybody.
_SAID = {
    "pg-chinook": (11, 0, 0),
    "pg-northwind": (14, 0, 0),
    "pg-pagila": (16, 55, 2),
    "pg-adventureworks": (68, 0, 6),
    "prisma-umami": (17, 0, 0),
    "prisma-hoppscotch": (23, 0, 0),
    "prisma-langfuse": (71, 0, 0),
}


@pytest.mark.parametrize("name", [*corpus.DUMPS, *corpus.HISTORIES])
def test_an_import_loses_nothing(name: str, databases: Databases) -> None:
    def fresh() -> str:
        return databases.fresh().superuser_url

    source = migrated(name, databases)
    imported = converge(source, name, fresh)
    assert lost(source, run(built(fresh(), imported, source))) == []
    assert unformatted(imported) == []
    scope = imported.scope
    assert (len(scope.entities), len(scope.said_parts), len(scope.domains)) == _SAID[name]
    assert len(scope.entities) + len(scope.said_parts) == len(source.tables)


def _along(history: str, wanted: Iterable[int], databases: Databases) -> None:
    """Import what a history has made after its first 1, 2, … migrations, as far as `wanted` names them."""
    scripts = corpus.scripts(history)
    live, done, before = databases.fresh(), 0, None
    for at in wanted:
        source = run(loaded(live.superuser_url, scripts[done:at]))
        done = at
        if source == before:
            continue  # a migration of rows alone
        before = source
        imported = converge(source, history, lambda: databases.fresh().superuser_url)
        again = run(built(databases.fresh().superuser_url, imported, source))
        assert (lost(source, again), unformatted(imported)) == ([], []), f"{history} after {at}"
        assert len(imported.scope.entities) == len(source.tables)
        databases.drop_all(but=live)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(name, marks=pytest.mark.long) if name == "prisma-langfuse" else name
        for name in corpus.HISTORIES
    ],
)
def test_so_do_imports_along_a_history(history: str, databases: Databases) -> None:
    length = len(corpus.migrations(history))
    _along(history, (length // 3, length - 1), databases)


_PIECE = 50


def _pieces() -> Iterator[tuple[str, range]]:
    """Every state of every history, in runs that are short enough to be repeated by themselves."""
    for history in corpus.HISTORIES:
        states = range(1, len(corpus.migrations(history)) + 1)
        yield from ((history, states[at : at + _PIECE]) for at in range(0, len(states), _PIECE))


@pytest.mark.long
@pytest.mark.parametrize(
    ("history", "states"), [pytest.param(*each, id=f"{each[0]}-from-{each[1].start}") for each in _pieces()]
)
def test_so_do_imports_of_every_state_of_a_history(history: str, states: range, databases: Databases) -> None:
    _along(history, states, databases)


def test_every_state_is_in_a_piece() -> None:
    assert sum(len(states) for _, states in _pieces()) == 474
