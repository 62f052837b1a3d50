"""What a catalog has that a `Database` has no words for: named, so that nobody takes it for read."""

from asyncpg import Connection, Record

from bdc.stack.catalog_queries import own

_BY_SCHEMA = (
    ("foreign table", "pg_class", "relname", "relnamespace", "x.relkind = 'f'"),
    ("operator class", "pg_opclass", "opcname", "opcnamespace", "true"),
    ("text search configuration", "pg_ts_config", "cfgname", "cfgnamespace", "true"),
    ("text search dictionary", "pg_ts_dict", "dictname", "dictnamespace", "true"),
    ("conversion", "pg_conversion", "conname", "connamespace", "true"),
)
_OF_DATABASE = (
    ("publication", "pg_publication", "pubname"),
    ("foreign server", "pg_foreign_server", "srvname"),
)
_QUERY = "\nunion all\n".join(
    [
        f"select format('{kind} %I.%I', n.nspname, x.{name}) from {catalog} x join pg_namespace n on n.oid = x.{place}"
        f" where {condition} and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and {own(catalog, 'x')}"
        for kind, catalog, name, place, condition in _BY_SCHEMA
    ]
    + [
        f"select format('{kind} %I', x.{name}) from {catalog} x where {own(catalog, 'x')}"
        for kind, catalog, name in _OF_DATABASE
    ]
)


async def unreadable(connection: "Connection[Record]") -> tuple[str, ...]:
    """Return kind and name of each object that `read_database` leaves out."""
    return tuple(sorted(row[0] for row in await connection.fetch(_QUERY)))
