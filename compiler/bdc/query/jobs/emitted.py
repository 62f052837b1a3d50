"""Events that a job tells: a row in the outbox, in the transaction of the step."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import JobStatement
from bdc.query.trees import cast, print_sql, text
from bdc.query.types import sql_type
from bdc.query.writes.context import Context
from bdc.query.writes.names import json_object, system_table
from bdc.query.writes.statements import insert, query
from bdc.query.writes.values import json_value


def emitted(context: Context, each: JobStatement) -> Iterator[str]:
    """Yield the line that writes the event: of no row and no tenant."""
    event = next(found for found in context.system.events if found.name == each.target)
    given = {assigned.field: assigned.value for assigned in each.values}
    members = {
        entry.name: json_value(
            cast(context.value(given[entry.name], context.scope), sql_type(entry.type)), entry.type
        )
        if entry.name in given
        else exp.Null()
        for entry in event.members
    }
    row: dict[str, exp.Expression] = {"event": text(event.name), "payload": json_object(**members)}
    if context.system.webhooks is not None:
        row["version"] = exp.Literal.number(event.version)
    yield f"{print_sql(insert(system_table('outbox'), row, query(row.values())))};"
