"""Events that a job tells: a row in the outbox, in the transaction of the step."""

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from bdc.ir import Job, JobStatement
from bdc.query.trees import cast, print_sql, text
from bdc.query.types import sql_type
from bdc.query.writes.context import Context
from bdc.query.writes.enqueue import told
from bdc.query.writes.events import sent_with
from bdc.query.writes.names import json_object, system_table, variable
from bdc.query.writes.plpgsql import statement_lines
from bdc.query.writes.signature import claim
from bdc.query.writes.statement import held_arguments
from bdc.query.writes.statements import insert, query
from bdc.query.writes.values import json_value


def emitted(context: Context, job: Job, each: JobStatement) -> Iterator[str]:
    """Yield the line that writes the event: of no row, and of the tenant that a queued run is under way for."""
    scope = replace(context.scope, held=held_arguments(context, job.parameters))
    event = next(found for found in context.system.events if found.name == each.target)
    given = {assigned.field: assigned.value for assigned in each.values}
    values = {
        entry.name: cast(context.value(given[entry.name], scope), sql_type(entry.type))
        for entry in event.members
        if entry.name in given
    }
    members = {
        entry.name: json_value(values[entry.name], entry.type) if entry.name in values else exp.Null()
        for entry in event.members
    }
    row: dict[str, exp.Expression] = {"event": text(event.name), "payload": json_object(**members)}
    if context.system.relays:
        row |= sent_with(context, event)
    identity = context.system.identity
    if job.queued and identity is not None and identity.tenant_claim is not None:
        row["tenant"] = variable(claim(identity.tenant_claim))
    yield f"{print_sql(insert(system_table('outbox'), row, query(row.values())))};"
    for statement in told(context, event.name, values):
        yield from statement_lines(statement)
