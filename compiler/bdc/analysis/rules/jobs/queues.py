"""Jobs that queue jobs: none queues itself without end, and each run is for the tenant of its rows."""

from collections.abc import Callable, Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.jobs import UnfitJob
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.job import Job, JobStatement


def job_queues(model: Model) -> Iterator[Fact]:
    queueing = [(job, each) for job in model.jobs for each in job.statements if each.verb == "enqueue"]
    for job, each in queueing:
        if job.name in _reached(model, each.target, lambda other: _leads_to(model, other)):
            yield _endless(job, each)
        if not job.queued and any(map(_is_tenanted, model.entities.values())):
            yield from _of_no_tenant(model, job, each)


def _leads_to(model: Model, job: Job) -> set[str]:
    """Return the jobs that statements queue, by name or by an event. What Python queues, it may queue or not."""
    events = {each.target for each in job.statements if each.verb == "emit"}
    return _queued(job) | {other.name for other in model.jobs if other.event in events}


def _queued(job: Job) -> set[str]:
    return {each.target for each in job.statements if each.verb == "enqueue"}


def _reached(model: Model, first: str, step: Callable[[Job], set[str]]) -> set[str]:
    jobs = {job.name: job for job in model.jobs}
    seen, further = set[str](), {first}
    while further:
        seen |= further
        further = {name for found in further if found in jobs for name in step(jobs[found])} - seen
    return seen


def _endless(job: Job, each: JobStatement) -> Fact:
    help_ = "leave it out; a job in Python (`@handler`, `enqueues: …`) may queue itself again, and decides when it ends"
    return UnfitJob(f"job `{job.name}` queues itself: it would never end", "", help_, each.span)


def _of_no_tenant(model: Model, job: Job, each: JobStatement) -> Iterator[Fact]:
    """A job by the clock is under way for no tenant where its statement is about no row of one: what it queues would find no row of any."""
    if each.each is not None and _is_tenanted(model.entities[each.each]):
        return
    for other in model.jobs:
        if other.name not in _reached(model, each.target, _queued):
            continue
        entities = (model.entities[found.entity] for found in other.statements if found.entity is not None)
        rows = (model.entities[found.refers] for found in other.parameters if found.refers is not None)
        if other.handler or any(map(_is_tenanted, (*entities, *rows))):
            what = f"job `{job.name}` queues `{each.target}` for no tenant, and job `{other.name}` is about rows of one"
            help_ = f"queue it for rows that have a tenant: `enqueue {each.target}(…) for Order where …`"
            yield UnfitJob(what, "", help_, each.span)
            return


def _is_tenanted(entity: Entity) -> bool:
    return bool(entity.tenant or entity.tenant_root)
