"""The extensions that columns and indexes of a system need."""

from collections.abc import Iterator

from bdc.ddl.nodes import CreateExtension
from bdc.ddl.opaque import object_of
from bdc.ddl.script import split
from bdc.ir import Column, EnumType, IndexKey, Scalar, ScalarType, SystemIR, Table
from bdc.ir.physical import base_name, physical

_OF_TYPES = {
    "citext": "citext",
    "cube": "cube",
    "geography": "postgis",
    "geometry": "postgis",
    "hstore": "hstore",
    "ltree": "ltree",
    "vector": "vector",
    "halfvec": "vector",
    "sparsevec": "vector",
}
_OF_CLASSES = {"_trgm_ops": "pg_trgm", "vector_": "vector", "halfvec_": "vector", "sparsevec_": "vector"}
_PLAIN_VALUES = {"gin": "btree_gin", "gist": "btree_gist"}
# What the extension teaches, by the name of the type in PostgreSQL; other types (shapes, ranges, own ones) bring their own classes.
_TAUGHT = frozenset(
    {
        *(
            "smallint",
            "integer",
            "bigint",
            "int2",
            "int4",
            "int8",
            "real",
            "float4",
            "float8",
            "double precision",
            "numeric",
        ),
        *(
            "decimal",
            "money",
            "oid",
            "boolean",
            "bool",
            "uuid",
            "bytea",
            "bit",
            "bit varying",
            "varbit",
            "macaddr",
            "macaddr8",
        ),
        *(
            "text",
            "varchar",
            "character varying",
            "char",
            "character",
            "bpchar",
            "date",
            "time",
            "timetz",
            "timestamp",
        ),
        *(
            "timestamptz",
            "interval",
            "time without time zone",
            "time with time zone",
            "timestamp without time zone",
        ),
        "timestamp with time zone",
    }
)


def extensions(system: SystemIR) -> Iterator[CreateExtension]:
    """Yield each extension once, by name."""
    named = {name for table in system.tables for name in _of_table(table)}
    if any(resource.search and resource.search_fuzzy for api in system.apis for resource in api.resources):
        named.add("pg_trgm")
    yield from (CreateExtension(name) for name in sorted(named))


def own_extensions(system: SystemIR) -> frozenset[str]:
    """Return the names of the extensions that SQL of the specification makes."""
    found = (object_of(statement) for block in system.sql_blocks for statement in split(block.sql))
    return frozenset(each.key.strip('"') for each in found if each.kind == "extension")


def _of_table(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield from _of_column(column)
    kept = [(index.method, index.keys) for index in table.indexes if not index.search]
    kept += [(found.method, found.keys) for found in table.exclusions]
    for method, keys in kept:
        for key in keys:
            yield from _of_key(table, method, key)


def _of_key(table: Table, method: str, key: IndexKey) -> Iterator[str]:
    """GIN and GiST know arrays, documents and shapes; for plain values an extension teaches them."""
    if key.operator_class is not None:
        yield from (name for part, name in _OF_CLASSES.items() if part in key.operator_class)
    elif key.column is not None and method in _PLAIN_VALUES:
        logical = table.column(key.column).type
        taught = (
            not logical.db or base_name(logical.db) in _TAUGHT if isinstance(logical, ScalarType) else True
        )
        if isinstance(logical, ScalarType | EnumType) and taught and not _is_json(logical):
            yield _PLAIN_VALUES[method]


def _is_json(logical: ScalarType | EnumType) -> bool:
    return isinstance(logical, ScalarType) and logical.scalar is Scalar.JSON


def _of_column(column: Column) -> Iterator[str]:
    db = physical(column.type)
    if db is not None and base_name(db) in _OF_TYPES:
        yield _OF_TYPES[base_name(db)]
