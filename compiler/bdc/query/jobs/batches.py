"""One statement of a job over a bounded number of rows.

Each batch leaves in `v_rows` how many rows it changed, and in `v_key` the key after which the next one goes on; null when there is
nothing left. `update` goes through the table in the order of its key, so that no row is changed twice; `delete` takes what it finds, because
what is deleted is found no more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlglot import exp

from bdc.ir import (
    Enqueue,
    Entity,
    Http,
    Job,
    JobStatement,
    Operation,
    OperationStatement,
    Origin,
    TransitionBody,
)
from bdc.naming.rotation import rotation_call
from bdc.query.jobs.emitted import emitted
from bdc.query.names import column, quote, table_of
from bdc.query.relations import deletion_column, key_columns, not_deleted, tenant_column
from bdc.query.scope import Held, Row, Scope
from bdc.query.trees import call, conjunction, is_true, print_sql
from bdc.query.types import sql_type
from bdc.query.writes.change import touched
from bdc.query.writes.context import Context
from bdc.query.writes.enqueue import enqueued
from bdc.query.writes.names import ROW
from bdc.query.writes.plpgsql import statement_lines
from bdc.query.writes.statement import THIS, Statements, assigned_columns, held_arguments

_PICKED = "b"


def is_in_batches(each: JobStatement) -> bool:
    """Whether a statement may need several calls."""
    if each.verb == "enqueue":
        return each.each is not None
    if each.verb == "rotate":
        return True
    return each.verb in ("update", "delete") and each.row is None


def batch(context: Context, job: Job, each: JobStatement) -> Iterator[str]:
    """Yield the lines of one batch."""
    if each.verb == "emit":
        yield from emitted(context, job, each)
        yield "v_rows := 1;"
        return
    if each.verb == "enqueue":
        yield from _enqueued(context, job, each)
        return
    if each.verb == "audit":
        yield f"v_rows := app.audit_{each.target}();"
        return
    entity = context.system.entity(each.target)
    if each.verb == "rotate":
        # One thing in each call: what is locked is let go of before the next one.
        yield f"v_rows := {rotation_call(context.system.table(entity.table))}(p_most);"
        yield "v_key := CASE WHEN v_rows > 0 THEN '[]'::jsonb END;"
        return
    if each.row is None and each.verb == "update":
        yield from _updated(context, job, each, entity)
    elif each.verb == "delete":
        yield from _deleted(context, job, each, entity)
    else:
        yield from _single(context, job, each)
        yield "GET DIAGNOSTICS v_rows = ROW_COUNT;"


def _enqueued(context: Context, job: Job, each: JobStatement) -> Iterator[str]:
    run = Enqueue(job=each.target, values=each.values, after=each.after, at=each.at)
    if each.each is None:
        scope = replace(context.scope, held=held_arguments(context, job.parameters))
        yield from statement_lines(enqueued(context, run, scope))
        yield "v_rows := 1;"
        return
    entity = context.system.entity(each.each)
    scope = _scope(context, job, entity, ROW)
    value = print_sql(enqueued(context, run, scope).value)
    change = f"SELECT {value} FROM {print_sql(table_of(entity, ROW))}, {_PICKED}"
    yield from _in_order(context, job, each, entity, f"queued AS MATERIALIZED ({change}", ")", "queued")


def _single(context: Context, job: Job, each: JobStatement) -> Iterator[str]:
    """A statement as operations have it. A row that is gone meanwhile needs no change: only the change is made, and nothing refused."""
    first, *_ = _as_operation(context, job, (each,)).written()
    yield from statement_lines(first)


def locked(context: Context, job: Job) -> Iterator[str]:
    """Yield the lines that lock the rows which statements change by their arguments, in the order that operations lock them in: what is
    read of a row and written to it is of one moment."""
    named = tuple(each for each in job.statements if each.row is not None)
    for statement in _as_operation(context, job, named).lock() if named else ():
        yield from statement_lines(statement)


def _as_operation(context: Context, job: Job, statements: tuple[JobStatement, ...]) -> Statements:
    written = tuple(_as_statement(each) for each in statements)
    operation = Operation(
        name="job",
        entity=None,
        parameters=job.parameters,
        body=TransitionBody(statements=written),
        http=Http(method="POST", path="/"),
        origin=Origin(file="", line=1, column=1),
    )
    return Statements(context, operation, None, "")


def _as_statement(each: JobStatement) -> OperationStatement:
    assert each.verb in ("update", "create", "put", "remove")
    return OperationStatement(verb=each.verb, entity=each.target, row=each.row, values=each.values)


def _scope(context: Context, job: Job, entity: Entity, alias: str) -> Scope:
    this = Held(entity, tuple(column(alias, name) for name in key_columns(entity)))
    held = {THIS: this, **held_arguments(context, job.parameters)}
    return replace(context.scope.at(entity.name, alias), held=held)


def _conditions(
    context: Context, job: Job, each: JobStatement, entity: Entity, alias: str
) -> list[exp.Expression]:
    tenant = tenant_column(context.system, entity)
    found = [*not_deleted(Row(entity, alias))]
    if tenant is not None and context.system.identity is not None and context.system.identity.tenant_claim:
        found.insert(0, exp.EQ(this=column(alias, tenant), expression=context.tenant()))
    assert each.condition is not None
    return [*found, is_true(context.value(each.condition, _scope(context, job, entity, alias)))]


def _key(context: Context, entity: Entity) -> tuple[str, ...]:
    primary = context.system.table(entity.table).primary_key
    assert primary is not None
    return primary.columns


def _deleted(context: Context, job: Job, each: JobStatement, entity: Entity) -> Iterator[str]:
    mark = deletion_column(entity)
    names, table = _key(context, entity), print_sql(table_of(entity, ROW))
    conditions = print_sql(conjunction(_conditions(context, job, each, entity, ROW)))
    picked = f"SELECT {_listed(ROW, names)} FROM {table} WHERE {conditions} LIMIT p_most"
    # What another transaction has changed meanwhile is looked at again.
    where = f"({_listed(ROW, names)}) IN ({picked}) AND {conditions}"
    if mark is None:
        yield f"DELETE FROM {table} WHERE {where};"
    else:
        yield f"UPDATE {table} SET {_sets({mark: call('now'), **touched(entity)})} WHERE {where};"
    yield "GET DIAGNOSTICS v_rows = ROW_COUNT;"
    yield "v_key := CASE WHEN v_rows > 0 THEN '[]'::jsonb END;"


def _sets(values: Mapping[str, exp.Expression]) -> str:
    return ", ".join(f"{quote(name)} = {print_sql(value)}" for name, value in values.items())


def _updated(context: Context, job: Job, each: JobStatement, entity: Entity) -> Iterator[str]:
    scope = _scope(context, job, entity, ROW)
    values = {**dict(assigned_columns(context, entity, each.values, scope)), **touched(entity)}
    change = f"UPDATE {print_sql(table_of(entity, ROW))} SET {_sets(values)} FROM {_PICKED}"
    yield from _in_order(context, job, each, entity, f"changed AS ({change}", " RETURNING 1)", "changed")


def _in_order(
    context: Context, job: Job, each: JobStatement, entity: Entity, head: str, tail: str, done: str
) -> Iterator[str]:
    """Yield what goes through the rows in the order of their key. `head` and `tail`: the query called `done`, around the condition of its rows."""
    conditions = print_sql(conjunction(_conditions(context, job, each, entity, ROW)))
    names = _key(context, entity)
    same = " AND ".join(f"{ROW}.{quote(name)} = {_PICKED}.{quote(name)}" for name in names)
    step = f"{head} WHERE {same} AND {conditions}{tail}"
    for after in (False, True):
        yield "IF key IS NULL THEN" if not after else "ELSE"
        yield f"  {_pass(context, entity, step, conditions, done, after=after)}"
    yield "END IF;"


def _pass(context: Context, entity: Entity, step: str, conditions: str, done: str, *, after: bool) -> str:
    names, table = _key(context, entity), print_sql(table_of(entity, ROW))
    kinds = [sql_type(context.system.table(entity.table).column(name).type) for name in names]
    given = ", ".join(f"(key->>{place})::{kind}" for place, kind in enumerate(kinds))
    further = f" AND ({_listed(ROW, names)}) > ({given})" if after else ""
    last = ", ".join(f"{_PICKED}.{quote(name)} DESC" for name in names)
    return (
        f"WITH {_PICKED} AS MATERIALIZED (SELECT {_listed(ROW, names)} FROM {table} WHERE {conditions}{further} "
        f"ORDER BY {_listed(ROW, names)} LIMIT p_most), {step} "
        f"SELECT (SELECT count(*) FROM {done}), CASE WHEN (SELECT count(*) FROM {_PICKED}) = p_most THEN "
        f"(SELECT jsonb_build_array({_listed(_PICKED, names)}) FROM {_PICKED} ORDER BY {last} LIMIT 1) END INTO v_rows, v_key;"
    )


def _listed(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{quote(name)}" for name in names)
