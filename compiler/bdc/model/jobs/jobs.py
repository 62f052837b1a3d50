"""Jobs: what each does, when, and how it is tried again.

Bare names in the condition of `update` and `delete`, and in the values of `update`, are fields of the rows that the statement is about.
No caller asks for a job: `actor` has no meaning in it.
"""

from collections.abc import Iterator

from bdc.model.apis.assignments import assign
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.errors.names import UnknownField
from bdc.model.errors.support import NotSupported
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.jobs.schedules import LONGEST, cron, seconds, zone
from bdc.model.jobs.settings import settings
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.job import Job, JobStatement, JobVerb
from bdc.syntax import ast

_STATEMENT = Place("a statement of a job")


def resolve_jobs(context: ResolveContext) -> None:
    """Fill `context.jobs`, in order."""
    for declared in context.declarations():
        if isinstance(declared, ast.JobDecl):
            if declared.event is not None:
                context.report(NotSupported("a `job` on an event", declared.event.span))
                continue
            context.jobs.append(_job(context, declared))


def _job(context: ResolveContext, declared: ast.JobDecl) -> Job:
    every = cron_text = None
    name = declared.name.text
    if declared.every is not None:
        every = seconds(context, declared.every, f"the period of job `{name}`", 1, LONGEST)
    elif declared.cron is not None:
        cron_text = cron(context, declared.cron)
    found = tuple(_statements(context, declared))
    if all(isinstance(item, ast.Entry) for item in declared.items):
        help_ = "write a statement: `delete Reading where at < now() - 90d`"
        context.report(UnfitJob(f"job `{name}` does nothing", "no statement", help_, declared.name.span))
    return Job(
        name=name,
        span=declared.name.span,
        doc=declared.doc,
        every=every,
        cron=cron_text,
        zone=zone(context, declared.zone),
        statements=found,
        **settings(context, declared),
    )


def _statements(context: ResolveContext, declared: ast.JobDecl) -> Iterator[JobStatement]:
    for item in declared.items:
        if isinstance(item, ast.SqlBlock):
            help_ = (
                "write statements: `update … where …`, `delete … where …`, `create`, `put`, `remove`, `emit`"
            )
            context.report(NotSupported("SQL in a `job`", item.span, help_))
        found = _statement(context, item)
        if found is not None:
            yield found


def _statement(context: ResolveContext, item: ast.JobItem) -> JobStatement | None:
    match item:
        case ast.UpdateWhereItem(entity=path, condition=where, values=values):
            return _changed(context, item, "update", path, where, values)
        case ast.DeleteWhereItem(entity=path, condition=where):
            return _changed(context, item, "delete", path, where, None)
        case ast.WriteItem(verb=verb, entity=path, values=values):
            entity = context.entity(path)
            if entity is None:
                return None
            scope = Scope(context, _STATEMENT)
            given = _assigned(context, entity.name, values, scope)
            return JobStatement(verb, entity.name, None, given, item.span, path.span)
        case ast.EmitItem():
            return _emitted(context, item)
    return None


def _changed(
    context: ResolveContext,
    item: ast.UpdateWhereItem | ast.DeleteWhereItem,
    verb: JobVerb,
    path: ast.Path,
    where: ast.Expr,
    values: ast.ObjectLiteral | None,
) -> JobStatement | None:
    entity = context.entity(path)
    if entity is None:
        return None
    scope = Scope(context, _STATEMENT, entity.name)
    found = condition(where, scope)
    given = _assigned(context, entity.name, values, scope) if values is not None else ()
    if found is None:
        return None
    return JobStatement(verb, entity.name, found, given, item.span, path.span)


def _assigned(
    context: ResolveContext, entity: str, values: ast.ObjectLiteral, scope: Scope
) -> tuple[Assignment, ...]:
    found: dict[str, Assignment] = {}
    for entry in values.entries:
        assigned = assign(context, context.entities[entity], entry, scope)
        if assigned is not None:
            found[assigned.field] = assigned
    return tuple(found.values())


def _emitted(context: ResolveContext, item: ast.EmitItem) -> JobStatement | None:
    symbol = context.symbol(item.event.last, "event")
    event = context.events.get(symbol.name) if symbol is not None else None
    if event is None:
        return None
    known = {each.name: each for each in event.members}
    scope, given = Scope(context, _STATEMENT), []
    for entry in item.values.entries if item.values is not None else ():
        name = entry.name.text
        member = known.pop(name, None)
        if member is None:
            named = tuple(each.name for each in event.members)
            context.report(UnknownField(f"event `{event.name}`", name, entry.name.span, named))
            continue
        expr = value(entry.value, scope, member.type, member.nullable, f"`{name}`")
        if expr is not None:
            given.append(Assignment(name, expr, entry.name.span))
    missing = [each.name for each in known.values() if not each.nullable]
    if missing:
        help_ = f"write `emit {event.name} {{ {missing[0]}: … }}`"
        context.report(
            UnfitJob(f"`{missing[0]}` of event `{event.name}` has no value", "", help_, item.event.span)
        )
    return JobStatement("emit", event.name, None, tuple(given), item.span, item.event.span)
