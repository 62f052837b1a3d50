"""Tables in which tools for migrations keep what they have applied. They belong to the tool, and no specification is about them.

A name that is a tool's own is enough; one that anybody may use (`migrations`) counts only with the columns that the tool gives it.
"""

from collections.abc import Iterable

from bdc.catalog.objects import Database
from bdc.catalog.tables import Table
from bdc.ddl.names import Name

_NAMED = {
    "_prisma_migrations": "Prisma Migrate",
    "alembic_version": "Alembic",
    "flyway_schema_history": "Flyway",
    "django_migrations": "Django",
    "ar_internal_metadata": "Rails",
    "knex_migrations": "Knex",
    "knex_migrations_lock": "Knex",
    "SequelizeMeta": "Sequelize",
    "typeorm_metadata": "TypeORM",
    "typeorm_migrations": "TypeORM",
    "mikro_orm_migrations": "MikroORM",
    "kysely_migration": "Kysely",
    "kysely_migration_lock": "Kysely",
    "pgmigrations": "node-pg-migrate",
    "__drizzle_migrations": "Drizzle",
    "__EFMigrationsHistory": "Entity Framework",
    "databasechangelog": "Liquibase",
    "databasechangeloglock": "Liquibase",
    "goose_db_version": "goose",
    "gorp_migrations": "sql-migrate",
    "_sqlx_migrations": "SQLx",
    "__diesel_schema_migrations": "Diesel",
    "refinery_schema_history": "refinery",
    "atlas_schema_revisions": "Atlas",
    "doctrine_migration_versions": "Doctrine",
    "phinxlog": "Phinx",
    "_yoyo_migration": "yoyo",
    "_yoyo_log": "yoyo",
    "_yoyo_version": "yoyo",
    "yoyo_lock": "yoyo",
    "play_evolutions": "Play",
}
_SHAPED: dict[str, tuple[tuple[frozenset[str], str], ...]] = {
    "schema_migrations": (
        (frozenset({"version"}), "Rails or dbmate"),
        (frozenset({"version", "dirty"}), "golang-migrate"),
        (frozenset({"version", "inserted_at"}), "Ecto"),
    ),
    "migrations": (
        (frozenset({"id", "timestamp", "name"}), "TypeORM"),
        (frozenset({"id", "migration", "batch"}), "Laravel"),
        (frozenset({"id", "name", "run_on"}), "db-migrate"),
    ),
    "schema_version": (
        (
            frozenset(
                {
                    "installed_rank",
                    "version",
                    "description",
                    "type",
                    "script",
                    "checksum",
                    "installed_by",
                    "installed_on",
                    "execution_time",
                    "success",
                }
            ),
            "Flyway",
        ),
    ),
}


def history_tables(database: Database) -> dict[Name, str]:
    """Return the tables of other tools for migrations, each with the name of its tool."""
    return {table.name: tool for table in database.tables if (tool := _tool(table)) is not None}


def _tool(table: Table) -> str | None:
    name = table.name.name
    columns = frozenset(column.name for column in table.columns)
    shapes = _SHAPED.get(name, ())
    return _NAMED.get(name) or next((tool for shape, tool in shapes if shape == columns), None)


def without_tables(database: Database, names: Iterable[Name]) -> Database:
    """Return the database without the tables called `names`, and without the sequences that their columns count with."""
    gone = frozenset(names)
    owners = {sequence.name: sequence.owner[0] for sequence in database.sequences if sequence.owner}
    left = tuple(table for table in database.tables if table.name not in gone)
    used = {table.name.schema for table in left} | {view.name.schema for view in database.views}
    emptied = {name.schema for name in gone} - used
    return database.model_copy(
        update={
            "tables": left,
            "sequences": tuple(each for each in database.sequences if owners.get(each.name) not in gone),
            "others": tuple(each for each in database.others if each.table not in gone or each.table is None),
            "comments": tuple(each for each in database.comments if each.target not in gone),
            "schemas": tuple(
                each for each in database.schemas if each.name not in emptied or _holds(database, each.name)
            ),
        }
    )


def _holds(database: Database, schema: str) -> bool:
    """Whether something other than tables stands in a schema."""
    kinds = (database.enums, database.domains, database.routines)
    return any(each.name.schema == schema for kind in kinds for each in kind)
