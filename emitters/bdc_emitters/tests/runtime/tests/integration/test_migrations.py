"""The migration command: running it again changes nothing, and what it made can be taken down again."""

from pathlib import Path

from tests.support.backend import Backend, fresh_database, migrate, service_environment
from tests.support.matrix import Matrix

ROOT = Path(__file__).resolve().parents[2]
TABLES = "select table_schema || '.' || table_name from information_schema.tables where table_schema in ('public', 'app') order by 1"


def test_running_it_again_changes_nothing(backend: Backend, matrix: Matrix) -> None:
    database = backend.database
    before = database.run(database.admin.fetch(TABLES))
    migrate(database.admin_url, service_environment(database.runtime_url, backend.tokens))
    assert database.run(database.admin.fetch(TABLES)) == before


def test_every_table_is_under_forced_row_level_security(backend: Backend, matrix: Matrix) -> None:
    database = backend.database
    open_tables = database.run(
        database.admin.fetch(
            "select relname from pg_class join pg_namespace n on n.oid = relnamespace"
            " where relkind = 'r' and n.nspname = 'public' and not (relrowsecurity and relforcerowsecurity)"
            " and relname <> all($1::text[])",
            matrix.document["unguarded"],
        )
    )
    assert not open_tables


def test_a_second_database_can_be_migrated_on_the_same_server(backend: Backend, matrix: Matrix) -> None:
    with fresh_database(matrix.system) as url:
        migrate(url, service_environment(backend.database.runtime_url, backend.tokens))
