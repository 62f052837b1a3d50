"""What a catalog has that a `Database` cannot represent: named, so that it is not taken for read."""

from asyncpg import Connection, Record

from bdc.catalog.live.queries import OF_TABLES, own

_BY_SCHEMA = (
    ("foreign table", "pg_class", "relname", "relnamespace", "x.relkind = 'f'"),
    ("operator class", "pg_opclass", "opcname", "opcnamespace", "true"),
    ("text search configuration", "pg_ts_config", "cfgname", "cfgnamespace", "true"),
    ("text search dictionary", "pg_ts_dict", "dictname", "dictnamespace", "true"),
    ("conversion", "pg_conversion", "conname", "connamespace", "true"),
)
_OF_DATABASE = (
    # Only a superuser makes one of all tables, or of all that a schema will have.
    ("publication", "pg_publication", "pubname", f"not {OF_TABLES.format('x')}"),
    ("foreign server", "pg_foreign_server", "srvname", "true"),
)
_QUERY = "\nunion all\n".join(
    [
        f"select format('{kind} %I.%I', n.nspname, x.{name}) from {catalog} x join pg_namespace n on n.oid = x.{place}"
        f" where {condition} and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and {own(catalog, 'x')}"
        for kind, catalog, name, place, condition in _BY_SCHEMA
    ]
    + [
        f"select format('{kind} %I', x.{name}) from {catalog} x where {condition} and {own(catalog, 'x')}"
        for kind, catalog, name, condition in _OF_DATABASE
    ]
)


async def unreadable(connection: "Connection[Record]") -> tuple[str, ...]:
    """Return kind and name of each object that `read_database` leaves out."""
    return tuple(sorted(row[0] for row in await connection.fetch(_QUERY)))
