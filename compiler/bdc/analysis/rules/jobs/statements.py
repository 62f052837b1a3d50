"""Statements of a job: each writes what the job may write, and can run where no caller is."""

from collections.abc import Iterator

from bdc.analysis.expressions import fields_of
from bdc.analysis.rules.api.statements import complete, writable
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.jobs import UnfitJob
from bdc.model.expressions.rows import mentions_caller
from bdc.model.nodes.api import Statement
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField, ScalarField
from bdc.model.nodes.job import Job, JobStatement


def job_statements(model: Model) -> Iterator[Fact]:
    for job in model.jobs:
        for each in job.statements:
            if each.entity is not None:
                yield from _written(model, job, each, model.entities[each.entity])


def _written(model: Model, job: Job, each: JobStatement, entity: Entity) -> Iterator[Fact]:
    refused = _refused(entity)
    if refused:
        what = f"job `{job.name}` cannot {_does(each)} `{entity.name}`"
        yield UnfitJob(what, *refused, each.target_span)
        return
    if each.verb in ("update", "create", "put", "remove"):
        row = (each.row or entity.name) if each.verb == "update" else None
        statement = Statement(each.verb, entity.name, row, each.values, each.span)
        yield from writable(model, statement, entity)
        yield from complete(statement, entity)
    if each.verb in ("create", "put"):
        yield from _without_caller(job, each, entity)
    if not (job.queued or entity.tenant or entity.tenant_root):
        yield from _over_tenants(model, job, each, entity)


def _does(each: JobStatement) -> str:
    return "go through the rows of" if each.verb == "enqueue" else "write to"


def _refused(entity: Entity) -> tuple[str, str] | None:
    if entity.view is not None:
        return "a view", f"write to `{entity.view.source}`, whose rows the view shows"
    if entity.unguarded:
        return (
            "this table is not the service's",
            "remove the statement: only the migration writes to tables without rules",
        )
    if not entity.key:
        return "rows without a key", f"write a key in `{entity.name}`: `id: uuid = uuid7() @id`"
    return None


def _without_caller(job: Job, each: JobStatement, entity: Entity) -> Iterator[Fact]:
    """What a row takes from the caller has to be given: there is none."""
    given = {assigned.field for assigned in each.values}
    for field in entity.fields:
        if (
            isinstance(field, ScalarField | ReferenceField)
            and field.name not in given
            and not field.nullable
            and mentions_caller(field.default)
        ):
            what = f"job `{job.name}` has no caller to take `{field.name}` from"
            yield UnfitJob(
                what, "", f"give it in the braces, or let it be null in `{entity.name}`", each.span
            )


def _over_tenants(model: Model, job: Job, each: JobStatement, entity: Entity) -> Iterator[Fact]:
    """A statement about rows of no tenant is under way for no tenant: it would find no row of any."""
    exprs = [each.condition, *(assigned.value for assigned in each.values)]
    for name, step in (found for expr in exprs if expr is not None for found in fields_of(expr)):
        field = model.entities[name].find(step) if name in model.entities else None
        target = model.entities[field.target] if isinstance(field, ReferenceField | CollectionField) else None
        if target is not None and (target.tenant or target.tenant_root):
            what = f"job `{job.name}` looks at `{target.name}` rows of every tenant for a row of `{entity.name}`, which has none"
            help_ = f"write a statement about `{target.name}`, which runs once for each tenant, or give `{entity.name}` a tenant"
            yield UnfitJob(what, "", help_, each.span)
            return
