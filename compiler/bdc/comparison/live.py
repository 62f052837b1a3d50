"""A database that a specification asks for, spelled as the server spells a live one."""

from collections.abc import Iterable
from typing import TypeVar

from bdc.catalog import Database, Domain, EnumType, Routine, Sequence, Table, View
from bdc.catalog.history_tables import history_tables, without_tables
from bdc.comparison.errors import UnreadableDatabase
from bdc.comparison.snapshots import SideError
from bdc.ddl.names import Name, quote
from bdc.ddl.printer import literal
from bdc.ir import SystemIR
from bdc.schema.names import APP

_ENTRIES = Name("migration_operation", "app")
Object = TypeVar("Object", EnumType, Domain, Sequence, Table, Routine, View)


def within(live: Database, asked: Database) -> Database:
    """Return `live` without the schemas that `asked` does not have (releases of the service, and what belongs to others), and without the
    histories of other tools for migrations and the runner's own entries."""
    ours = {table.name for table in asked.tables}
    live = without_tables(live, (name for name in (*history_tables(live), _ENTRIES) if name not in ours))
    names = {schema.name for schema in asked.schemas} | {"public", None}

    def own(objects: Iterable[Object]) -> tuple[Object, ...]:
        return tuple(each for each in objects if each.name.schema in names)

    return live.model_copy(
        update={
            "schemas": tuple(schema for schema in live.schemas if schema.name in names),
            "enums": own(live.enums),
            "domains": own(live.domains),
            "sequences": own(live.sequences),
            "tables": own(live.tables),
            "routines": own(live.routines),
            "views": own(live.views),
            "comments": tuple(each for each in live.comments if each.target.schema in names),
        }
    )


def open_as(live: Database, asked: Database) -> Database:
    """Return `asked` without what it takes from everybody and `live` leaves open: an adoption leaves the functions and types that it found
    open to everybody, for the application may live on that."""
    shut = {(each.kind, each.key) for each in live.others}
    kept = (
        each
        for each in asked.others
        if each.kind not in ("revoke", "rights on type")
        or not each.definition.lower().startswith("revoke ")
        or f" {APP}." in each.definition
        or (each.kind, each.key) in shut
    )
    return asked.model_copy(update={"others": tuple(kept)})


def as_live(system: SystemIR, roles: Iterable[str] = ()) -> Database:
    """Return the database that `system` asks for as PostgreSQL shows it: made by the same statements as the first migration, with
    the rights of its roles. `roles`: others that SQL of it may name. SideError when the embedded server cannot make it."""
    import asyncpg

    from bdc.ddl.printer import print_script
    from bdc.query import compile_queries
    from bdc.schema.state import physical_state
    from bdc.schema.statements import preamble, schema
    from bdc.stack import StackError
    from bdc.stack.loading import made_by

    queries = compile_queries(system)
    script = print_script([*preamble(system, queries), *schema(system, queries)])
    # An owner may not make each extension, and finds those made that he may not.
    own = [each.definition for each in physical_state(system, queries).others if each.kind == "extension"]
    try:
        return made_by(script, [*(_role(name) for name in sorted(set(roles))), *own])
    except (OSError, StackError, asyncpg.PostgresError) as error:
        fact = UnreadableDatabase("the embedded server", str(error))
        raise SideError("the embedded server", [fact.diagnostic()]) from None


def _role(name: str) -> str:
    make = f"create role {quote(name)} login"
    return f"do $do$ begin if to_regrole({literal(quote(name))}) is null then {make}; end if; end $do$"
