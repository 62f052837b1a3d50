"""Which of some rows a caller may read, asked by their keys: row level security answers."""

from bdc.ddl.names import quote
from bdc.ir import Entity, SystemIR
from bdc.query.names import relation
from bdc.query.relations import deletion_column, key_parts
from bdc.query.types import sql_type


def readable_keys(system: SystemIR, entity: Entity) -> str:
    """Return a statement that takes a JSON array of keys (arrays of texts) and gives the numbers, from 1, of those whose row the caller may
    read. It asks no policy itself: run it as a role that row level security holds, with the claims of the caller bound."""
    table = system.table(entity.table)
    parts = " and ".join(
        f"t.{quote(part.column)} = (k.parts ->> {number})::{sql_type(table.column(part.column).type)}"
        for number, part in enumerate(key_parts(entity))
    )
    deleted = deletion_column(entity)
    parts += f" and t.{quote(deleted)} is null" if deleted is not None else ""
    keys = "jsonb_array_elements($1::text::jsonb) with ordinality as k (parts, number)"
    return f"select k.number::int from {keys} where exists (select from {relation(entity)} t where {parts})"
