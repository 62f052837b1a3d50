"""`enqueue` in a job: a run of another job, queued in the transaction of the statement; with `for`, one for each row."""

from bdc.model.apis.statements import with_this
from bdc.model.context import ResolveContext
from bdc.model.expressions import Scope, condition
from bdc.model.expressions.nullness import proved
from bdc.model.jobs.enqueues import enqueued
from bdc.model.nodes.job import JobStatement
from bdc.source.records import replace
from bdc.syntax import ast


def queued(context: ResolveContext, item: ast.EnqueueItem, scope: Scope) -> JobStatement | None:
    """Return the statement. With rows, bare names are their fields, and `this` is the row."""
    entity, where = None, None
    if item.entity is not None and item.condition is not None:
        entity = context.entity(item.entity)
        if entity is None:
            return None
        scope = replace(scope, row=entity.name, variables=with_this(dict(scope.variables), entity))
        where = condition(item.condition, scope)
        if where is None:
            return None
        scope = scope.knowing(proved(where, True))
    runs = enqueued(context, (item,), scope)
    if not runs:
        return None
    (run,) = runs
    place = item.entity.span if item.entity is not None else item.job.span
    return JobStatement(
        "enqueue",
        run.job,
        where,
        run.values,
        item.span,
        place,
        each=entity.name if entity is not None else None,
        after=run.after,
        at=run.at,
    )
