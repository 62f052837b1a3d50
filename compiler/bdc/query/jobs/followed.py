"""The jobs whose runs callers see (`last_run`) or stop (`cancel`)."""

from collections.abc import Iterator

from bdc.ir import LAST_RUN, Call, ComputedField, Enqueue, Expr, SystemIR, TransitionBody
from bdc.policy.rebase import parts
from bdc.query.runs import argument_of, job_of


def seen_jobs(system: SystemIR) -> tuple[str, ...]:
    """Return the jobs whose runs are shown, in the order of the specification."""
    named = {job for job, _ in seen_arguments(system)}
    return tuple(job.name for job in system.jobs if job.name in named)


def seen_arguments(system: SystemIR) -> tuple[tuple[str, str], ...]:
    """Return the jobs whose runs are shown, each with the argument that is the row."""
    calls = (each for expr in _computed(system) for each in _of(expr)) if system.jobs else ()
    return tuple(sorted({(job_of(each), argument_of(each, system).name) for each in calls}))


def stopped_jobs(system: SystemIR) -> tuple[str, ...]:
    """Return the jobs whose runs an operation cancels, in the order of the specification."""
    named = {each.job for each in _queued(system) if each.cancels} if system.jobs else set()
    return tuple(job.name for job in system.jobs if job.name in named)


def followed_jobs(system: SystemIR) -> tuple[str, ...]:
    """Return both; none where the queue is the operators' alone."""
    named = {*seen_jobs(system), *stopped_jobs(system)}
    return tuple(job.name for job in system.jobs if job.name in named)


def _computed(system: SystemIR) -> Iterator[Expr]:
    for entity in system.entities:
        for field in entity.fields:
            if isinstance(field, ComputedField):
                yield field.expr


def _of(expr: Expr) -> Iterator[Call]:
    if isinstance(expr, Call) and expr.function == LAST_RUN:
        yield expr
    for part in parts(expr):
        yield from _of(part)


def _queued(system: SystemIR) -> Iterator[Enqueue]:
    for api in system.apis:
        bodies: list[object] = [each.body for each in api.operations]
        for resource in api.resources:
            bodies += [each.body for each in resource.custom]
            bodies += [each.body for each in resource.hooks]
        for body in bodies:
            yield from body.enqueues if isinstance(body, TransitionBody) else ()
