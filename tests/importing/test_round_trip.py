"""What an import writes is built and loaded: the catalog is what it was, and the formatter has nothing to say."""

import asyncpg
import pytest

from bdc.catalog import Database, differences
from bdc.ddl.printer import print_script
from bdc.diagnostics import DiagnosticSink
from bdc.importing.converge import Imported, converge
from bdc.pipeline import compile_system
from bdc.query import compile_queries
from bdc.source import SourceFile
from bdc.stack.catalog_reader import read_database
from bdc.stack.loading import load_script, prepare
from bdc.syntax import format_file
from bdc_emitters.postgres.schema import preamble, schema
from tests.support import corpus
from tests.support.postgres import Databases, run

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
    found = differences(source, again)
    return [str(each) for each in found if not each.path.startswith(_OF_EVERY_SYSTEM)]


def unformatted(imported: Imported) -> list[str]:
    sink = DiagnosticSink()
    return [
        name for name, text in imported.files.items() if format_file(SourceFile(name, text), sink) != text
    ]


@pytest.mark.parametrize("name", [*corpus.DUMPS, *corpus.HISTORIES])
def test_an_import_loses_nothing(name: str, databases: Databases) -> None:
    def fresh() -> str:
        return databases.fresh().superuser_url

    source = run(loaded(fresh(), corpus.scripts(name)))
    imported = converge(source, name, fresh)
    assert lost(source, run(built(fresh(), imported, source))) == []
    assert unformatted(imported) == []
