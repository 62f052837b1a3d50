"""Numbers of new rows, where the database counts the key: asked for before the row is written, since the rows it owns, events and
the answer need it. The caller's role may use no sequence of a key; a function of the owner takes the next number for it."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ddl.printer import literal
from bdc.ir import Entity, SystemIR
from bdc.ir.compiled import HelperFunction
from bdc.query.names import quote, relation
from bdc.query.trees import call
from bdc.query.types import sql_type


def next_number(entity: Entity) -> exp.Expression:
    return call(_name(entity))


def number_functions(system: SystemIR) -> Iterator[HelperFunction]:
    """Yield the function of each table whose key is numbered."""
    for entity in system.entities:
        field = entity.numbered_key
        if field is None or entity.unguarded:
            continue
        kind = sql_type(field.type)
        sequence = f"pg_get_serial_sequence({literal(relation(entity))}, {literal(field.column)})"
        body = f"select nextval({sequence})" + ("" if kind == "bigint" else f"::{kind}")
        sql = (
            f"create or replace function {_name(entity)}() returns {kind} language sql volatile security definer\n"
            f"set search_path = pg_catalog, public, pg_temp as $body$ {body} $body$;"
        )
        yield HelperFunction(_name(entity), sql, "()")


def _name(entity: Entity) -> str:
    return f"app.{quote(entity.table[:50] + '_number')}"
