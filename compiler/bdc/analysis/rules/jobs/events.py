"""A job on an event: something emits it, for the tenant whose rows the job is about, and no job queues itself without end."""

from collections.abc import Iterator

from bdc.analysis.exposure import acting
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.jobs import UnfitJob
from bdc.model.nodes.entity import Field, ScalarField
from bdc.model.nodes.job import Job


def job_events(model: Model) -> Iterator[Fact]:
    on_events = [job for job in model.jobs if job.event is not None]
    emitted = {word.text for operation in acting(model) for word in operation.emits} if on_events else set()
    for job in on_events:
        by = [other for other in model.jobs if job.event in _told(other)]
        if job.event not in emitted and not by:
            yield from _silent(job)
        if _comes_back(model, job):
            yield from _endless(job)
        yield from _of_no_tenant(model, job, by)
        yield from _hidden(model, job)


def _told(job: Job) -> set[str]:
    return {each.target for each in job.statements if each.verb == "emit"}


def _silent(job: Job) -> Iterator[Fact]:
    help_ = f"write `emits {job.event}` in an operation; of events that come from elsewhere, `consume {job.event} from …` queues jobs"
    assert job.event_span is not None
    yield UnfitJob(f"nothing emits `{job.event}`, which job `{job.name}` runs on", "", help_, job.event_span)


def _comes_back(model: Model, job: Job) -> bool:
    """Whether what it emits leads to the event that it runs on."""
    seen: set[str] = set()
    events = _told(job)
    while events - seen:
        seen |= events
        events = {name for other in model.jobs if other.event in seen for name in _told(other)}
    return job.event in seen


def _endless(job: Job) -> Iterator[Fact]:
    help_ = "emit another event"
    what = f"job `{job.name}` leads to `{job.event}`, which it runs on: it would never end"
    assert job.event_span is not None
    yield UnfitJob(what, "", help_, job.event_span)


def _of_no_tenant(model: Model, job: Job, by: list[Job]) -> Iterator[Fact]:
    """A job by the clock emits once for all tenants: what it queues would find no row of any."""
    clocked = next((other for other in by if not other.queued), None)
    entities = [model.entities[each.entity] for each in job.statements if each.entity is not None]
    tenanted = next((each for each in entities if each.tenant or each.tenant_root), None)
    if clocked is None or (tenanted is None and not job.handler) or not _has_tenants(model):
        return
    what = (
        f"job `{clocked.name}` emits `{job.event}` for no tenant, and job `{job.name}` is about rows of one"
    )
    help_ = f"emit it in an operation, or change the rows in `{clocked.name}`, which runs for each tenant"
    assert job.event_span is not None
    yield UnfitJob(what, "", help_, job.event_span)


def _hidden(model: Model, job: Job) -> Iterator[Fact]:
    """A member that callers may not all see is null in what they cause: a job that needs it would fail."""
    needed = {each.name for each in job.parameters if not each.nullable}
    for operation in acting(model):
        entity = model.entities[operation.entity] if operation.entity is not None else None
        if entity is None or job.event not in {word.text for word in operation.emits}:
            continue
        for name in sorted(needed - {each.name for each in operation.parameters}):
            field = entity.find(name)
            if field is None or not _may_be_null(model, entity.name, field):
                continue
            assert job.event_span is not None
            what = (
                f"`{name}` of event `{job.event}` is null for callers that may not see `{entity.name}.{name}`"
            )
            help_ = f"let it be null in the event (`{name}: …?`), or give the event the row and read it in the job"
            yield UnfitJob(what, "", help_, job.event_span)


def _may_be_null(model: Model, entity: str, field: Field) -> bool:
    policy = model.policy(entity)
    read = {rule.field for rule in policy.fields if rule.read is not None} if policy is not None else set()
    return field.name in read or (isinstance(field, ScalarField) and field.encrypted)


def _has_tenants(model: Model) -> bool:
    return any(each.tenant_root for each in model.entities.values())
