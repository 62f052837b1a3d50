"""What makes the queue, in order: types with the types, the rest after the tables of schema `app`."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    AddForeignKey,
    CommentOn,
    CreatePolicy,
    EnableRowSecurity,
    Grant,
    Privilege,
    Section,
    Statement,
)
from bdc.ir import SystemIR
from bdc.query.names import quote
from bdc.schema.names import Roles, fitted
from bdc.schema.queue.tables import COMPOSITE, DOCS, ENUMS, FOREIGN_KEYS, INDEXES, TABLES
from bdc.schema.queue.upstream import VERSION, functions, triggers
from bdc.schema.system_tables import owner_policy


def queue_types(system: SystemIR) -> Iterator[Statement]:
    """Yield the types that columns and functions of the queue name."""
    if system.jobs:
        yield Section(f"The queue of jobs: procrastinate {VERSION}")
        yield from ENUMS
        yield COMPOSITE


def create_queue(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield tables, functions and triggers of the queue, open to the owner and the role `service`."""
    if not system.jobs:
        return
    yield from TABLES
    for table, key in FOREIGN_KEYS:
        yield AddForeignKey(table, key)
    yield from INDEXES
    for made in TABLES:
        yield from _opened(made.name, made.columns[0].name, roles)
    for function in functions():
        yield function
        yield Grant(
            (Privilege("execute"),),
            "function",
            function.name,
            (roles.service,),
            signature=_types(function.parameters),
        )
    yield from triggers()


def _opened(table: Name, key: str, roles: Roles) -> Iterator[Statement]:
    every_row = f"{quote(key)} is not null"
    yield EnableRowSecurity(table)
    yield owner_policy(table, key, roles)
    yield CreatePolicy(
        fitted(f"{table.name}_worker"), table, "all", (roles.service,), using=every_row, check=every_row
    )
    rights = tuple(Privilege(name) for name in ("select", "insert", "update", "delete"))
    yield Grant(rights, "table", table, (roles.service,))
    yield CommentOn("table", table, DOCS[table])


def _types(parameters: str) -> str:
    """Return the types of parameters, each of which is a name and a type."""
    return ", ".join(part.strip().split(" ", 1)[1] for part in parameters.split(",")) if parameters else ""
