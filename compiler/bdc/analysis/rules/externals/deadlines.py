"""Calls of other services fit the time that their caller has, with all their attempts."""

from collections.abc import Iterable, Iterator

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.externals import OverDeadline
from bdc.model.nodes.external import External, ExternalOperation
from bdc.model.nodes.job import Job
from bdc.source import Span

REQUEST = 9.5
"""Seconds that a handler has: a request has ten, and keeps half a second for its own answer."""
Calls = tuple[tuple[External, ExternalOperation], ...]


def external_deadlines(model: Model) -> Iterator[Fact]:
    for api in model.apis:
        for operation in api.operations:
            calls = _calls(model, (f"{each.external}.{each.operation}" for each in operation.calls))
            if calls:
                yield from _over(f"operation `{operation.name}`", calls, REQUEST, operation.calls[0].span, "")
    for job in model.jobs:
        for undoing in (False, True):
            yield from _of_job(model, job, undoing)


def _of_job(model: Model, job: Job, undoing: bool) -> Iterator[Fact]:
    """The calls of a run, or those that undo it: each way has the whole time."""
    stated = [
        (each.target, each.target_span)
        for each in job.statements
        if each.verb == "call" and (each.undoes is not None) == undoing
    ]
    if not undoing:
        stated += [(f"{each.external}.{each.operation}", each.span) for each in job.called]
    calls = _calls(model, (name for name, _ in stated))
    if calls:
        longer = f", or give the job more: `timeout: {_whole(_longest(calls))}s`"
        yield from _over(f"job `{job.name}`", calls, job.timeout, stated[0][1], longer)


def _calls(model: Model, names: Iterable[str]) -> Calls:
    found = []
    for name in names:
        external, _, operation = name.partition(".")
        declared = model.externals.get(external)
        offered = declared.find(operation) if declared is not None else None
        if declared is not None and offered is not None:
            found.append((declared, offered))
    return tuple(found)


def _longest(calls: Calls) -> float:
    return sum(external.longest(operation) for external, operation in calls)


def _whole(seconds: float) -> int:
    return int(-(-seconds // 1))


def _over(caller: str, calls: Calls, most: float, span: Span, more: str) -> Iterator[Fact]:
    longest = _longest(calls)
    if longest <= most:
        return
    slowest = max(calls, key=lambda call: call[0].longest(call[1]))[0]
    help_ = f"lower `timeout` or `retry` of external `{slowest.name}` ({slowest.timeout:g} s, {slowest.retry}){more}"
    yield OverDeadline(caller, f"{longest:.4g} s", f"{most:g} s", help_, span)
