"""Calls of other services: what is to be sent, as JSON. The worker sends it when the transaction has ended."""

from dataclasses import replace

from sqlglot import exp

from bdc.ir import Job, JobStatement
from bdc.query.trees import cast, print_sql, text
from bdc.query.types import sql_type
from bdc.query.writes.context import Context
from bdc.query.writes.names import json_object
from bdc.query.writes.statement import held_arguments
from bdc.query.writes.values import json_value


def requested(context: Context, job: Job, each: JobStatement) -> str:
    """Return the line that leaves operation and arguments in `call`."""
    scope = replace(context.scope, held=held_arguments(context, job.parameters))
    external, _, name = each.target.partition(".")
    operation = context.system.external(external).operation(name)
    given = {assigned.field: assigned.value for assigned in each.values}
    arguments = {
        taken.name: json_value(
            cast(context.value(given[taken.name], scope), sql_type(taken.type)), taken.type
        )
        for taken in operation.parameters
        if taken.name in given
    }
    result = text(each.result.name) if each.result is not None else exp.Null()
    body = json_object(target=text(each.target), arguments=json_object(**arguments), result=result)
    return f"call := {print_sql(body)};"
