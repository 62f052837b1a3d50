"""Jobs: what each does, when, and how it is tried again.

Bare names in the condition of `update` and `delete`, and in the values of `update`, are fields of the rows that the statement is about.
No caller asks for a job: `actor` has no meaning in it.
"""

from collections.abc import Iterator

from bdc import ir
from bdc.model.apis.assignments import assigned
from bdc.model.apis.statements import Variables
from bdc.model.attributes import JOB, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.errors.names import UnknownField, UnknownValue
from bdc.model.errors.support import NotSupported
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.expressions.nullness import proved
from bdc.model.expressions.scope import Variable
from bdc.model.externals.calls import called, found_operation, job_calls
from bdc.model.jobs.queueing import queued
from bdc.model.jobs.schedules import LONGEST, cron, seconds, zone
from bdc.model.jobs.settings import settings
from bdc.model.mails.mails import resolve_mail
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.job import Job, JobStatement, JobVerb
from bdc.model.nodes.values import Entry
from bdc.source.records import replace
from bdc.syntax import ast

_STATEMENT = Place("a statement of a job")


def resolve_jobs(context: ResolveContext) -> None:
    """Fill `context.jobs`, in order."""
    for declared in context.declarations():
        if isinstance(declared, ast.JobDecl):
            context.jobs.append(_job(context, declared))


def _job(context: ResolveContext, declared: ast.JobDecl) -> Job:
    every = cron_text = None
    name = declared.name.text
    if declared.every is not None:
        every = seconds(context, declared.every, f"the period of job `{name}`", 1, LONGEST)
    elif declared.cron is not None:
        cron_text = cron(context, declared.cron)
    if (declared.every or declared.cron) and declared.parameters is not None:
        what = f"job `{name}` has a schedule and arguments"
        help_ = "leave out the parentheses, or the schedule: `enqueue` in an operation gives the arguments"
        context.report(UnfitJob(what, "the clock gives none", help_, declared.name.span))
    taken = context.job_parameters.get(name, ())
    variables = {name: variable for each in taken for name, variable in _variables(each)}
    handler = read_attributes(declared.attributes, JOB, f"job `{name}`", context).has("handler")
    if not declared.mail:
        _one_body(context, declared, handler)
        _undoes_something(context, declared)
    return Job(
        name=name,
        span=declared.name.span,
        doc=declared.doc,
        every=every,
        cron=cron_text,
        zone=zone(context, declared.zone),
        event=_event(context, declared),
        event_span=declared.event.span if declared.event is not None else None,
        statements=tuple(_statements(context, declared, variables)),
        parameters=taken,
        handler=handler,
        mail=resolve_mail(context, declared, taken) if declared.mail else None,
        called=job_calls(context, declared, handler),
        **settings(context, declared, taken),
    )


def _event(context: ResolveContext, declared: ast.JobDecl) -> str | None:
    """Return the event that queues it. One that is not known was reported with the arguments."""
    name = declared.event.last.text if declared.event is not None else None
    return name if name in context.events else None


def _undoes_something(context: ResolveContext, declared: ast.JobDecl) -> None:
    """Steps of one transaction are taken back by the database: what is undone stands before a call."""
    undone = next((each for each in declared.items if isinstance(each, ast.CompensatedItem)), None)
    steps = (each.step if isinstance(each, ast.CompensatedItem) else each for each in declared.items)
    if undone is not None and not any(isinstance(each, ast.CallItem) for each in steps):
        what = f"job `{declared.name.text}` calls no other service: there is nothing to compensate"
        help_ = "leave `compensate` out: what fails is rolled back"
        context.report(UnfitJob(what, "", help_, undone.undo.span))


def _one_body(context: ResolveContext, declared: ast.JobDecl, handler: bool) -> None:
    name, states = (
        declared.name.text,
        not all(isinstance(item, ast.Entry | ast.CallsItem) for item in declared.items),
    )
    calls = any(isinstance(item, ast.CallsItem) for item in declared.items)
    if not (states or handler or calls):
        help_ = "write a statement (`delete Reading where at < now() - 90d`), or `@handler` for Python"
        context.report(UnfitJob(f"job `{name}` does nothing", "no statement", help_, declared.name.span))
    if states and handler:
        help_ = "keep one of the two: settings may stand beside `@handler`"
        context.report(UnfitJob(f"job `{name}` has statements and a handler", "", help_, declared.name.span))


def _variables(parameter: Entry) -> Iterator[tuple[str, Variable]]:
    """Yield what an argument is called: one that is a row by the row's name too."""
    yield parameter.name, Variable(ir.Root.PARAM, parameter.type, parameter.nullable)
    if parameter.refers is not None:
        row = ir.EntityType(name=parameter.refers)
        yield parameter.row, Variable(ir.Root.PARAM, row, parameter.nullable)


def _statements(
    context: ResolveContext, declared: ast.JobDecl, variables: Variables
) -> Iterator[JobStatement]:
    """Yield the statements in order, then what undoes them, the last one's first."""
    number, undoing = 0, list[JobStatement]()
    for written in declared.items:
        item = written.step if isinstance(written, ast.CompensatedItem) else written
        if isinstance(item, ast.SqlBlock):
            help_ = "write statements: `update … where …`, `delete … where …`, `create`, `put`, `remove`, `emit`, `enqueue`"
            context.report(NotSupported("SQL in a `job`", item.span, help_))
        found = _statement(context, item, variables)
        if found is not None:
            yield found
            number += 1
        if isinstance(item, ast.CallItem):
            variables = {**variables, **_answer(context, item, found, variables)}
        undo = _undo(context, written, variables) if isinstance(written, ast.CompensatedItem) else None
        if undo is not None and found is not None:
            undoing.insert(0, replace(undo, undoes=number))
    yield from undoing


def _undo(context: ResolveContext, written: ast.CompensatedItem, variables: Variables) -> JobStatement | None:
    """Return what undoes a step: it knows what the step and those before it answered."""
    if isinstance(written.step, ast.UpdateWhereItem | ast.DeleteWhereItem) or _is_for_rows(written.step):
        what = "a step over many rows cannot be undone: which rows it changed is not known afterwards"
        help_ = "change a row that an argument names (`update order { … }`), or leave `compensate` out"
        context.report(UnfitJob(what, "", help_, written.step.span))
    if isinstance(written.undo, ast.CallItem) and written.undo.result is not None:
        what = "nothing follows what undoes a step: its answer has no name"
        help_ = f"leave out `-> {written.undo.result.text}`"
        context.report(UnfitJob(what, "", help_, written.undo.result.span))
    return _statement(context, written.undo, variables)


def _is_for_rows(item: ast.JobStep) -> bool:
    return isinstance(item, ast.EnqueueItem) and item.entity is not None


def _answer(
    context: ResolveContext, item: ast.CallItem, statement: JobStatement | None, variables: Variables
) -> dict[str, Variable]:
    """Return what later statements call the answer of a call. Of one that is wrong nothing is said."""
    if item.result is None:
        return {}
    name = item.result.text
    operation = found_operation(context, item.operation) if statement is not None else None
    if statement is None or statement.result is None or operation is None or operation[1].returns is None:
        return {name: Variable(ir.Root.PARAM, ir.ScalarType(scalar=ir.Scalar.TEXT), unjudged=True)}
    if name in variables:
        help_ = f"give the answer another name: `-> {name}_answer`"
        context.report(UnfitJob(f"`{name}` is an argument, or another answer", "", help_, item.result.span))
    return {name: Variable(ir.Root.PARAM, operation[1].returns, operation[1].returns_nullable)}


def _statement(context: ResolveContext, item: ast.JobItem, variables: Variables) -> JobStatement | None:
    match item:
        case ast.UpdateItem(row=row, values=values):
            return _row_changed(context, item, row, values, variables)
        case ast.UpdateWhereItem(entity=path, condition=where, values=values):
            return _changed(context, item, "update", path, where, values, variables)
        case ast.DeleteWhereItem(entity=path, condition=where):
            return _changed(context, item, "delete", path, where, None, variables)
        case ast.WriteItem(verb=verb, entity=path, values=values):
            entity = context.entity(path)
            if entity is None:
                return None
            scope = Scope(context, _STATEMENT, None, variables)
            given = assigned(context, entity, values, scope)
            return JobStatement(verb, entity.name, None, given, item.span, path.span)
        case ast.EmitItem():
            return _emitted(context, item, variables)
        case ast.EnqueueItem():
            return queued(context, item, Scope(context, _STATEMENT, None, variables))
        case ast.CallItem():
            return called(context, item, Scope(context, _STATEMENT, None, variables))
    return None


def _row_changed(
    context: ResolveContext,
    item: ast.UpdateItem,
    row: ast.Name,
    values: ast.ObjectLiteral,
    variables: Variables,
) -> JobStatement | None:
    variable = variables.get(row.text)
    if variable is None or not isinstance(variable.type, ir.EntityType):
        rows = tuple(name for name, each in variables.items() if isinstance(each.type, ir.EntityType))
        context.report(UnknownValue(row.text, row.span, rows))
        return None
    entity = variable.type.name
    given = assigned(context, context.entities[entity], values, Scope(context, _STATEMENT, entity, variables))
    return JobStatement("update", entity, None, given, item.span, row.span, row.text)


def _changed(
    context: ResolveContext,
    item: ast.UpdateWhereItem | ast.DeleteWhereItem,
    verb: JobVerb,
    path: ast.Path,
    where: ast.Expr,
    values: ast.ObjectLiteral | None,
    variables: Variables,
) -> JobStatement | None:
    entity = context.entity(path)
    if entity is None:
        return None
    scope = Scope(context, _STATEMENT, entity.name, variables)
    found = condition(where, scope)
    known = scope.knowing(proved(found, True)) if found is not None else scope
    given = assigned(context, entity, values, known) if values is not None else ()
    if found is None:
        return None
    return JobStatement(verb, entity.name, found, given, item.span, path.span)


def _emitted(context: ResolveContext, item: ast.EmitItem, variables: Variables) -> JobStatement | None:
    symbol = context.symbol(item.event.last, "event")
    event = context.events.get(symbol.name) if symbol is not None else None
    if event is None:
        return None
    known = {each.name: each for each in event.members}
    scope, given = Scope(context, _STATEMENT, None, variables), []
    for entry in item.values.entries if item.values is not None else ():
        name = entry.name.text
        member = known.pop(name, None)
        if member is None:
            named = tuple(each.name for each in event.members)
            context.report(UnknownField(f"event `{event.name}`", name, entry.name.span, named))
            continue
        if isinstance(member.type, ir.EntityType):
            what = f"`{name}` of event `{event.name}` is a row, and a job emits values"
            help_ = f"give the event a member with the key of the row, such as `{name}_id: uuid`"
            context.report(UnfitJob(what, "no row can be emitted here", help_, entry.name.span))
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
