"""Events that come in, as statements: what queues the jobs of one event."""

from sqlglot import exp

from bdc.ir import Consumer, Enqueue, Entry, EnumType, Event, Literal, Path, SystemIR, label_of
from bdc.query.trees import call, cast, number, print_sql, text
from bdc.query.types import sql_type
from bdc.query.writes.enqueue import TENANT, argument_kind, key_of_runs
from bdc.query.writes.names import json_object

_PAYLOAD = "(select $1::text::jsonb)"


def consuming(system: SystemIR, consumer: Consumer) -> tuple[str, ...]:
    """Return a statement for each run that an event queues: it takes the payload as JSON text. A value that its type does not take is a data error
    of PostgreSQL."""
    event = next(each for each in system.events if each.name == consumer.event)
    return tuple(_run(system, event, consumer, each) for each in consumer.runs)


def checking(system: SystemIR, consumer: Consumer) -> str:
    """Return a statement that says whether a payload has what it has to have; it reads each member as its type."""
    event = next(each for each in system.events if each.name == consumer.event)
    conditions = [_fits(system, event, each) for each in event.members]
    return f"select {' and '.join(conditions) or 'true'}"


def _fits(system: SystemIR, event: Event, entry: Entry) -> str:
    value = print_sql(_member(system, event, entry.name))
    given = f"{value} is not null"
    if isinstance(entry.type, EnumType):
        labels = ", ".join(print_sql(text(label_of(each))) for each in system.enum(entry.type.name).values)
        given = f"{value}::text in ({labels})"
    return f"({value} is null or {given})" if entry.nullable else f"coalesce({given}, false)"


def _run(system: SystemIR, event: Event, consumer: Consumer, each: Enqueue) -> str:
    job = next(found for found in system.jobs if found.name == each.job)
    given = {assigned.field: assigned.value for assigned in each.values}
    values: dict[str, exp.Expression] = {}
    for parameter in job.parameters:
        value = given.get(parameter.name)
        if value is not None:
            kind = sql_type(argument_kind(system, parameter))
            values[parameter.name] = cast(_value(system, event, value), kind)
    tenant = _member(system, event, consumer.tenant) if consumer.tenant else None
    members = {name: call("to_jsonb", value.copy()) for name, value in values.items()}
    if tenant is not None:
        tenant = cast(tenant, "text")
        members[TENANT] = tenant.copy()
    at: exp.Expression = exp.Null()
    if each.after is not None:
        at = exp.Add(this=call("now"), expression=cast(text(f"{each.after} seconds"), "interval"))
    arguments = (
        text(job.name),
        json_object(**members),
        at,
        key_of_runs(job, job.concurrency, values, tenant),
        key_of_runs(job, job.unique, values, tenant),
        number(job.priority),
    )
    return f"select {print_sql(call('app.enqueue', *arguments))}"


def _value(system: SystemIR, event: Event, value: object) -> exp.Expression:
    if isinstance(value, Literal):
        return exp.Null() if value.value is None else text(_spelled(value.value))
    assert isinstance(value, Path) and value.name is not None
    return _member(system, event, value.name)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _member(system: SystemIR, event: Event, name: str) -> exp.Expression:
    """Return a member of the payload as its type."""
    entry = next(each for each in event.members if each.name == name)
    raw = exp.Column(this=exp.Identifier(this=f"({_PAYLOAD} ->> {print_sql(text(name))})", quoted=False))
    return cast(raw, sql_type(entry.type))


def nats_variables(system: SystemIR) -> tuple[str, ...]:
    """Return the variables of the environment that have an address of NATS."""
    streams = [system.stream.variable] if system.stream is not None else []
    used = {each.source for each in system.consumers}
    return tuple(dict.fromkeys([*streams, *(each.variable for each in system.sources if each.name in used)]))
