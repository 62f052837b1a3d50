"""The settings of a job: attempts, pauses between them, time, priority, and rows at once."""

from typing import TypedDict

from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.errors.names import UnknownField
from bdc.model.jobs.enqueues import queueable
from bdc.model.jobs.schedules import LONGEST, seconds
from bdc.model.mails.mails import SETTINGS as MAIL
from bdc.model.nodes.values import Entry
from bdc.syntax import ast

_WHOLE = {"retry": (0, 100), "priority": (-100, 100), "batch": (1, 100_000)}
_KEYS = ("concurrency", "unique")
_QUEUES = "enqueues"
_KNOWN = (*_WHOLE, "backoff", "timeout", "keep", *_KEYS, _QUEUES)
_OF_MAILS = (*MAIL, *(name for name in _KNOWN if name not in ("batch", _QUEUES)))
_MAIL_TIMEOUT = 60


class JobSettings(TypedDict, total=False):
    """What was written; what was not has its default in the node."""

    retry: int
    priority: int
    batch: int
    backoff: tuple[int, int]
    timeout: int
    keep: int
    concurrency: tuple[str, ...]
    unique: tuple[str, ...]
    enqueues: tuple[str, ...]


def settings(context: ResolveContext, declared: ast.JobDecl, taken: tuple[Entry, ...]) -> JobSettings:
    """Return what the settings of a job say; what is wrong is reported and left out."""
    found: JobSettings = {"timeout": _MAIL_TIMEOUT} if declared.mail else {}
    for entry in declared.items:
        if isinstance(entry, ast.Entry) and entry.name.text in _KEYS:
            found[entry.name.text] = _key(context, entry, taken)  # type: ignore[literal-required]
        elif isinstance(entry, ast.Entry):
            _read(context, declared, entry, found)
    return found


def _read(context: ResolveContext, declared: ast.JobDecl, entry: ast.Entry, found: JobSettings) -> None:
    name, value = entry.name.text, entry.value
    known = _OF_MAILS if declared.mail else _KNOWN
    if declared.mail and name in MAIL:
        return
    if name not in known:
        kind = "mail" if declared.mail else "job"
        context.report(UnknownField(f"{kind} `{declared.name.text}`", name, entry.name.span, known))
    elif name == _QUEUES:
        found["enqueues"] = _queued(context, declared, entry)
    elif name in _WHOLE:
        number = _whole(context, name, value)
        if number is not None:
            found[name] = number  # type: ignore[literal-required]
    elif name == "timeout":
        timeout = seconds(context, value, "`timeout`", 1, 86_400)
        if timeout is not None:
            found["timeout"] = timeout
    elif name == "keep":
        keep = seconds(context, value, "`keep`", 3_600, LONGEST)
        if keep is not None:
            found["keep"] = keep
    else:
        pauses = _backoff(context, value)
        if pauses is not None:
            found["backoff"] = pauses


def _key(context: ResolveContext, entry: ast.Entry, taken: tuple[Entry, ...]) -> tuple[str, ...]:
    """Return the parameters that a key is made of, as lowering calls them."""
    known = {each.row or each.name: each.name for each in taken}
    written = entry.value.items if isinstance(entry.value, ast.ListLiteral) else (entry.value,)
    found = []
    for each in written:
        if not isinstance(each, ast.Path) or each.text not in known:
            what = f"`{entry.name.text}` names no argument of the job"
            help_ = f"expected {', '.join(f'`{name}`' for name in known) or 'a job with arguments'}"
            context.report(UnfitJob(what, "not an argument", help_, each.span))
        else:
            found.append(known[each.text])
    return tuple(found)


def _queued(context: ResolveContext, declared: ast.JobDecl, entry: ast.Entry) -> tuple[str, ...]:
    """Return the jobs that its Python may queue."""
    if not any(each.path.text == "handler" for each in declared.attributes):
        what = f"`enqueues` is for Python, and job `{declared.name.text}` has statements"
        context.report(UnfitJob(what, "", "write the statement: `enqueue Tell(…)`", entry.name.span))
        return ()
    written = entry.value.items if isinstance(entry.value, ast.ListLiteral) else (entry.value,)
    found = []
    for each in written:
        if isinstance(each, ast.Path):
            found.append(queueable(context, each))
        else:
            context.report(
                UnfitJob("`enqueues` names no job", "not a job", "write `[Tell, Remind]`", each.span)
            )
    return tuple(dict.fromkeys(name for name in found if name is not None))


def _whole(context: ResolveContext, name: str, value: ast.Expr) -> int | None:
    least, most = _WHOLE[name]
    if isinstance(value, ast.IntLiteral) and least <= value.value <= most:
        return value.value
    help_ = f"write a whole number from {least} to {most}"
    context.report(UnfitJob(f"`{name}` is not such a number", "not a number of jobs", help_, value.span))
    return None


def _backoff(context: ResolveContext, value: ast.Expr) -> tuple[int, int] | None:
    if isinstance(value, ast.RangeLiteral) and value.low is not None and value.high is not None:
        low = seconds(context, value.low, "the first pause", 1, LONGEST)
        high = seconds(context, value.high, "the longest pause", 1, LONGEST)
        if low is None or high is None:
            return None
        if low <= high:
            return low, high
    help_ = "write the first and the longest pause: `backoff: 10s..1h`"
    context.report(UnfitJob("`backoff` is not a range of durations", "not a range", help_, value.span))
    return None
