"""Jobs: what runs when no caller asks. They are seen in the rows that they change and by operators, not in requests."""

from collections.abc import Iterator

from bdc.changes.behaviour.pairs import same_expr
from bdc.changes.behaviour.statements import same_values
from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Expr, Job, JobStatement

_WAITING = "Let the queue run empty before the new version is rolled out, or give the new arguments to a job of another name."
_SETTINGS = (
    "concurrency",
    "unique",
    "retry",
    "first_pause",
    "longest_pause",
    "timeout",
    "priority",
    "batch",
    "keep",
)
_GONE = "Runs of it that wait stay in the queue: `python -m services.worker list --status todo`, then `discard` them."


def job_changes(sides: Sides) -> Iterator[Change]:
    """Yield jobs that came, went, or do something else."""
    old, new = ({job.name: job for job in system.jobs} for system in (sides.old, sides.new))
    for name, job in old.items():
        if name not in new:
            yield Change(
                "behaviour.job-removed", f"job {name}", f"job {name} no longer runs", _GONE, job.origin
            )
    for name, job in new.items():
        if name in old:
            yield from _changed(sides, old[name], job)
        else:
            yield Change("behaviour.job-added", f"job {name}", f"job {name} runs {when(job)}", "", job.origin)


def when(job: Job) -> str:
    """Return when a job runs, in words."""
    if job.event is not None:
        return f"on {job.event}"
    if job.queued:
        return "when it is queued"
    return f"every {job.every} s" if job.every else f'at "{job.cron}" in {job.zone}'


def _changed(sides: Sides, old: Job, new: Job) -> Iterator[Change]:
    place = f"job {new.name}"
    if (old.every, old.cron, old.zone, old.event) != (new.every, new.cron, new.zone, new.event):
        message = f"{place} runs {when(new)} instead of {when(old)}"
        yield Change("behaviour.job-schedule-changed", place, message, "", new.origin)
    if (
        old.handler != new.handler
        or (old.mail is None) != (new.mail is None)
        or old.enqueues != new.enqueues
        or len(old.statements) != len(new.statements)
        or not all(_same(sides, was, now) for was, now in zip(old.statements, new.statements, strict=True))
    ):
        message = f"{place} does something else"
        remedy = "A run that has begun goes on at the statement of the same number. Name the job anew where it must begin again."
        yield Change("behaviour.job-changed", place, message, remedy, new.origin)
    elif old.mail != new.mail:
        message = f"{place} says something else: runs that wait are written as the new version says"
        yield Change("behaviour.mail-changed", place, message, "", new.origin)
    if old.called != new.called:
        called = ", ".join(f"{each.external}.{each.operation}" for each in new.called) or "no other service"
        yield Change("behaviour.calls-changed", place, f"{place} calls {called}", "", new.origin)
    yield from _arguments(sides, old, new)
    for name in _SETTINGS:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            message = f"`{name}` of {place} is {now} instead of {was}"
            yield Change("behaviour.job-setting-changed", f"{place} {name}", message, "", new.origin)


def _arguments(sides: Sides, old: Job, new: Job) -> Iterator[Change]:
    """Runs that the old version queued run on the new one: what it did not give is null."""
    before, after = ({each.name: each for each in job.parameters} for job in (old, new))
    for name in [each for each in before if each not in after]:
        message = f"job {new.name} no longer takes `{name}`: runs that wait give it, and it is left out"
        yield Change("behaviour.job-argument-removed", f"job {new.name} {name}", message, "", new.origin)
    for name, each in after.items():
        place = f"job {new.name} {name}"
        was = before.get(name)
        if was is None:
            code = "behaviour.job-argument-added" if each.nullable else "behaviour.job-argument-required"
            message = f"job {new.name} takes `{name}`, which is null in runs that wait"
            yield Change(code, place, message, "" if each.nullable else _WAITING, new.origin)
            continue
        refers = sides.renames.entity(each.refers) if each.refers is not None else None
        if was.type != each.type or was.refers != refers:
            message = f"`{name}` of job {new.name} is of another type: runs that wait may fail"
            yield Change("behaviour.job-argument-changed", place, message, _WAITING, new.origin)
        elif was.nullable and not each.nullable:
            message = f"`{name}` of job {new.name} is never null; in runs that wait it may be"
            yield Change("behaviour.job-argument-required", place, message, _WAITING, new.origin)
        elif each.nullable and not was.nullable:
            message = f"`{name}` of job {new.name} may be null"
            yield Change("behaviour.job-argument-added", place, message, "", new.origin)


def _same_or_none(sides: Sides, old: Expr | None, new: Expr | None) -> bool:
    if old is None or new is None:
        return old is new
    return same_expr(old, new, sides.renames)


def _same(sides: Sides, old: JobStatement, new: JobStatement) -> bool:
    target = new.target if new.entity is None else sides.renames.entity(new.target)
    if new.verb == "rotate":
        target = sides.renames.entity(new.target)
    if (old.verb, old.target, old.row, old.undoes) != (new.verb, target, new.row, new.undoes):
        return False
    each = sides.renames.entity(new.each) if new.each is not None else None
    if (old.each, old.after) != (each, new.after):
        return False
    if not _same_or_none(sides, old.condition, new.condition) or not _same_or_none(sides, old.at, new.at):
        return False
    if (old.result is None) != (new.result is None) or (
        old.result is not None and new.result is not None and old.result.name != new.result.name
    ):
        return False
    if new.verb in ("emit", "call", "enqueue"):
        before, after = ({each.field: each.value for each in side.values} for side in (old, new))
        return before.keys() == after.keys() and all(
            same_expr(before[name], after[name], sides.renames) for name in before
        )
    if new.entity is None:
        return True
    return same_values(sides, new.target, old.values, new.values)
