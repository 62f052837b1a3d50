"""The extensions that columns and indexes of a system need."""

from collections.abc import Iterator

from bdc.ddl.nodes import CreateExtension
from bdc.ir import Column, SystemIR
from bdc.ir.physical import base_name, physical

_OF_TYPES = {
    "citext": "citext",
    "cube": "cube",
    "geography": "postgis",
    "geometry": "postgis",
    "hstore": "hstore",
    "ltree": "ltree",
    "vector": "vector",
}


def extensions(system: SystemIR) -> Iterator[CreateExtension]:
    """Yield each extension once, by name."""
    named = {_of_column(column) for table in system.tables for column in table.columns}
    yield from (CreateExtension(name) for name in sorted(name for name in named if name))


def _of_column(column: Column) -> str | None:
    db = physical(column.type)
    return None if db is None else _OF_TYPES.get(base_name(db))
