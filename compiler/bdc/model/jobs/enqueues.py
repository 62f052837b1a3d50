"""`enqueue`: a run of a job, queued in the transaction of an operation.

An argument that is a row is given as a row (`order: this`), and carried as its key.
"""

from collections.abc import Iterable, Iterator

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.errors.mails import UnfitMail
from bdc.model.errors.names import UnknownField
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions import Place, Scope, value
from bdc.model.expressions.scope import Variable
from bdc.model.jobs.events import told
from bdc.model.jobs.schedules import LONGEST, seconds
from bdc.model.nodes.api import Enqueue
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.values import Entry
from bdc.model.policies.policies import policy_scope
from bdc.model.typing.values import parameters
from bdc.syntax import ast

_ARGUMENT = Place("an argument of a job", actor=True)
_TIMESTAMP = ir.ScalarType(scalar=ir.Scalar.TIMESTAMP)


def resolve_signatures(context: ResolveContext) -> None:
    """Type the parameters of all jobs: operations that queue them are resolved before their bodies."""
    for declared in context.declarations():
        if isinstance(declared, ast.JobDecl):
            name = declared.name.text
            if declared.every is None and declared.cron is None:
                context.queued_jobs.add(name)
            if declared.event is not None:
                context.job_parameters[name] = told(context, declared, declared.event)
                continue
            found = parameters(context, declared.parameters or (), f"job `{name}`", rows=True, several=True)
            context.job_parameters[name] = tuple(each for each in found if _fits(context, name, each))


def _fits(context: ResolveContext, job: str, entry: Entry) -> bool:
    if isinstance(entry.type, ir.EntityType):
        return False  # reported: it has no key
    if isinstance(entry.type, ir.ScalarType | ir.EnumType) and entry.default is None and entry.place is None:
        return True
    what = f"job `{job}` cannot take `{entry.name}`"
    help_ = "write a scalar, an enum or a row, without a default; the row can hold what is larger"
    context.report(UnfitJob(what, "not an argument of a job", help_, entry.span))
    return False


def enqueues(
    context: ResolveContext, declared: ast.OperationDecl | ast.HookDecl, variables: dict[str, Variable]
) -> tuple[Enqueue, ...]:
    """Return the runs that an operation queues, in written order."""
    base = policy_scope(context, "", _ARGUMENT)
    scope = Scope(context, _ARGUMENT, None, {**base.variables, **variables})
    return enqueued(context, declared.items, scope)


def enqueued(
    context: ResolveContext, items: Iterable[ast.Node], scope: Scope, *, keys: bool = False
) -> tuple[Enqueue, ...]:
    """Return the runs that items queue, in written order. `keys`: a row is given by its key."""
    found = (_enqueue(context, item, scope, keys) for item in items if isinstance(item, ast.EnqueueItem))
    return tuple(each for each in found if each is not None)


def _enqueue(context: ResolveContext, item: ast.EnqueueItem, scope: Scope, keys: bool) -> Enqueue | None:
    name = queueable(context, item.job)
    if name is None:
        return None
    known = {each.row or each.name: each for each in context.job_parameters.get(name, ())}
    values = tuple(_arguments(context, item, name, known, scope, keys))
    missing = [name for name, entry in known.items() if not entry.nullable]
    if item.cancels:
        _about_something(context, item, name, tuple(known))
    elif missing:
        help_ = f"write `enqueue {name}({missing[0]}: …)`"
        context.report(UnfitJob(f"`{missing[0]}` of job `{name}` has no value", "", help_, item.job.span))
    after = seconds(context, item.after, "the delay", 1, LONGEST) if item.after is not None else None
    at = value(item.at, scope, _TIMESTAMP, False, "the time") if item.at is not None else None
    return Enqueue(name, values, after, at, item.span, item.cancels)


def _about_something(context: ResolveContext, item: ast.EnqueueItem, job: str, left: tuple[str, ...]) -> None:
    """Runs are stopped by what they are about: without an argument, those of every caller would be."""
    if not item.arguments:
        what = f"it is not said which runs of `{job}` are cancelled"
        given = f"write `cancel {job}({left[0]}: …)`" if left else "give the job an argument, such as a row"
        context.report(UnfitJob(what, "those of all callers would be", given, item.job.span))


def queueable(context: ResolveContext, path: ast.Path) -> str | None:
    """Return the job that a path names, or report why nothing can queue it."""
    symbol = context.symbol(path.last, "job")
    if symbol is None:
        return None
    if symbol.name not in context.queued_jobs:
        help_ = f"write it without a schedule: `job {symbol.name}() {{ … }}`"
        context.report(UnfitJob(f"job `{symbol.name}` runs by the clock", "", help_, path.span))
        return None
    if symbol.name in _of_sign_in(context):
        help_ = "declare another mail for what operations tell"
        context.report(UnfitMail(f"mail `{symbol.name}` is sent by sign-in", "", help_, path.span))
        return None
    return symbol.name


def _of_sign_in(context: ResolveContext) -> tuple[str, ...]:
    """Return the mails with a token, which sign-in alone makes."""
    sign_in = context.identity.sign_in if context.identity is not None else None
    words = (sign_in.reset, sign_in.verify) if sign_in is not None else ()
    return tuple(word.text for word in words if word is not None)


def _arguments(
    context: ResolveContext,
    item: ast.EnqueueItem,
    job: str,
    known: dict[str, Entry],
    scope: Scope,
    keys: bool,
) -> Iterator[Assignment]:
    names = tuple(known)
    for argument in item.arguments:
        if argument.name is None:
            help_ = f"name it: `{names[0] if names else 'name'}: …`"
            context.report(NotAllowedHere("an argument without a name", "`enqueue`", argument.span, help_))
            continue
        entry = known.pop(argument.name.text, None)
        if entry is None:
            context.report(UnknownField(f"job `{job}`", argument.name.text, argument.name.span, names))
            continue
        if keys and entry.is_key_of_parts:
            what = f"`{argument.name.text}` of job `{job}` is a row with a key of several parts"
            help_ = "give the job the parts of the key, and write `update … where …` in it"
            context.report(UnfitJob(what, "an event gives one value", help_, argument.span))
            continue
        type_ = ir.EntityType(name=entry.refers) if entry.refers is not None and not keys else entry.type
        expr = value(argument.value, scope, type_, entry.nullable, f"`{argument.name.text}`")
        if expr is not None:
            yield Assignment(entry.name, expr, argument.name.span)
