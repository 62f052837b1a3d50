"""What makes the queue, in order: types with the types, the rest after the tables of schema `app`."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    AddForeignKey,
    CommentOn,
    CreateFunction,
    CreatePolicy,
    EnableRowSecurity,
    Grant,
    Privilege,
    Section,
    Statement,
)
from bdc.ir import SystemIR
from bdc.query.names import quote
from bdc.schema.names import APP, Roles, fitted
from bdc.schema.queue.followed import create_followed
from bdc.schema.queue.tables import COMPOSITE, DOCS, ENUMS, FOREIGN_KEYS, INDEXES, tables
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
    yield from tables(system)
    for table, key in FOREIGN_KEYS:
        yield AddForeignKey(table, key)
    yield from INDEXES
    for made in tables(system):
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
    yield from _enqueue(roles)
    yield from create_followed(system, roles)


_ENQUEUE = """\
-- Runs as the owner: the service queues runs, and sees none.
declare
  found bigint;
begin
  insert into app.procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
  values (job, job, rank, concurrency, once, arguments, due)
  on conflict (queueing_lock) where status = 'todo' do nothing
  returning id into found;
  return found::text;
end"""


def _enqueue(roles: Roles) -> Iterator[Statement]:
    """Yield what queues a run in the transaction of an operation; null where one with the same `once` waits already."""
    name = Name("enqueue", APP)
    kinds = "text, jsonb, timestamp with time zone, text, text, integer"
    names = ("job", "arguments", "due", "concurrency", "once", "rank")
    parameters = ", ".join(f"{each} {kind}" for each, kind in zip(names, kinds.split(", "), strict=True))
    yield CreateFunction(name, _ENQUEUE, parameters=parameters, returns="text", definer=True)
    yield Grant((Privilege("execute"),), "function", name, (roles.runtime, roles.service), signature=kinds)


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
