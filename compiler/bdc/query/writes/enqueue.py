"""Runs of jobs that an operation queues: one call of `app.enqueue`, in its transaction or not at all."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from bdc.ir import Enqueue, Expr, Job, Parameter, Path, SystemIR, Type
from bdc.query.paths import lower_key
from bdc.query.relations import key_parts
from bdc.query.scope import Scope
from bdc.query.trees import call, cast, number, text
from bdc.query.types import sql_type
from bdc.query.writes.context import Context
from bdc.query.writes.names import is_given, json_object
from bdc.query.writes.plpgsql import Assign, Statement
from bdc.query.writes.signature import BOUND

TENANT = "tenant of the caller"
"""The member of the arguments that carries the tenant. No parameter is called so: it holds spaces."""


def enqueued(context: Context, each: Enqueue, scope: Scope) -> Assign:
    """Return what queues the run."""
    job = next(found for found in context.system.jobs if found.name == each.job)
    carried = {found.name: found for found in job.parameters}
    given = {
        assigned.field: _given(context, carried[assigned.field], assigned.value, scope)
        for assigned in each.values
    }
    values = {
        found.name: cast(given[found.name], _kind(context, found))
        for found in job.parameters
        if found.name in given
    }
    if each.cancels:
        return Assign(BOUND, call("app.cancel_runs", text(job.name), _members(context, values)))
    at: exp.Expression = exp.Null()
    if each.at is not None:
        at = context.value(each.at, scope)
    elif each.after is not None:
        at = exp.Add(this=call("now"), expression=cast(text(f"{each.after} seconds"), "interval"))
    return _queued(context, job, values, at)


def _given(context: Context, parameter: Parameter, value: Expr, scope: Scope) -> exp.Expression:
    if not parameter.is_key_of_parts:
        return context.value(value, scope)
    assert isinstance(value, Path)
    return key_of_parts(lower_key(value, scope, context.value))


def key_of_parts(parts: list[exp.Expression]) -> exp.Expression:
    """Return the parts of a key as a JSON array; null where there is no row."""
    listed = call("jsonb_build_array", *(part.copy() for part in parts))
    return exp.Case(ifs=[exp.If(this=is_given(parts[0].copy()), true=listed)])


def told(context: Context, event: str, members: Mapping[str, exp.Expression]) -> Iterator[Statement]:
    """Yield what queues the jobs that run on an event. `members`: the value of each of its members by name, the key where it is a row."""
    for job in context.system.jobs:
        if job.event == event:
            given = {each.name: members.get(each.row or each.name) for each in job.parameters}
            kinds = {each.name: _kind(context, each) for each in job.parameters}
            values = {
                name: cast(value.copy(), kinds[name]) for name, value in given.items() if value is not None
            }
            yield _queued(context, job, values, exp.Null())


def _queued(context: Context, job: Job, values: dict[str, exp.Expression], at: exp.Expression) -> Assign:
    tenant = _tenant(context)
    return Assign(
        BOUND,
        call(
            "app.enqueue",
            text(job.name),
            _members(context, values),
            at,
            key_of_runs(job, job.concurrency, values, tenant),
            key_of_runs(job, job.unique, values, tenant),
            number(job.priority),
        ),
    )


def _members(context: Context, values: dict[str, exp.Expression]) -> exp.Expression:
    """Return the arguments of a run as JSON, with the tenant that it is under way for."""
    members = {name: call("to_jsonb", value.copy()) for name, value in values.items()}
    tenant = _tenant(context)
    if tenant is not None:
        members[TENANT] = tenant
    return json_object(**members)


def key_of_runs(
    job: Job, names: tuple[str, ...], values: dict[str, exp.Expression], tenant: exp.Expression | None
) -> exp.Expression:
    """Return what runs with the same values of `names` share: a text; null without names."""
    if not names:
        return exp.Null()
    parts: list[exp.Expression] = [values.get(name, exp.Null()) for name in names]
    listed = call("jsonb_build_array", text(job.name), *([tenant] if tenant is not None else []), *parts)
    return cast(listed, "text")


def _tenant(context: Context) -> exp.Expression | None:
    identity = context.system.identity
    if identity is None or identity.tenant_claim is None:
        return None
    return cast(context.tenant(), "text")


def _kind(context: Context, parameter: Parameter) -> str:
    return sql_type(argument_kind(context.system, parameter))


def argument_kind(system: SystemIR, parameter: Parameter) -> Type:
    """Return the type of an argument; that of a row is its key's, which lowering has written already."""
    if parameter.refers is None or parameter.is_key_of_parts:
        return parameter.type
    target = system.entity(parameter.refers)
    (part,) = key_parts(target)
    return system.table(target.table).column(part.column).type


def parts_of_key(system: SystemIR, parameter: Parameter) -> tuple[Type, ...]:
    """Return the types of the parts of the key that an argument carries."""
    assert parameter.refers is not None
    target = system.entity(parameter.refers)
    table = system.table(target.table)
    return tuple(table.column(part.column).type for part in key_parts(target))
