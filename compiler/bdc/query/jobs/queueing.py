"""Runs that user code of jobs queues: a statement for each job, which takes the arguments as JSON text."""

from sqlglot import exp

from bdc.ir import Job, Parameter, SystemIR
from bdc.query.trees import boolean, call, cast, number, print_sql, text
from bdc.query.types import sql_type
from bdc.query.writes.enqueue import TENANT, argument_kind, key_of_parts, key_of_runs, parts_of_key
from bdc.query.writes.names import json_object

_GIVEN = "(select $1::text::jsonb)"
_DUE = "coalesce($2::timestamptz, now() + $3::interval)"


def queueing(system: SystemIR, job: Job) -> str:
    """Return the statement that queues `job`. It takes the arguments as JSON text, then the time or the delay, of which one at most is not null. A
    value that its type does not take is a data error of PostgreSQL."""
    values = {each.name: _value(system, each) for each in job.parameters}
    members = {name: call("to_jsonb", value.copy()) for name, value in values.items()}
    tenant = _tenant(system)
    if tenant is not None:
        members[TENANT] = tenant.copy()
    arguments = (
        text(job.name),
        json_object(**members),
        _verbatim(_DUE),
        key_of_runs(job, job.concurrency, values, tenant),
        key_of_runs(job, job.unique, values, tenant),
        number(job.priority),
    )
    return f"select {print_sql(call('app.enqueue', *arguments))} as run"


def _value(system: SystemIR, parameter: Parameter) -> exp.Expression:
    name = print_sql(text(parameter.name))
    if parameter.is_key_of_parts:
        kinds = [sql_type(each) for each in parts_of_key(system, parameter)]
        # As operations write it: a time or a number may be spelled otherwise in JSON.
        return key_of_parts(
            [cast(_verbatim(f"({_GIVEN} -> {name} ->> {place})"), kind) for place, kind in enumerate(kinds)]
        )
    return cast(_verbatim(f"({_GIVEN} ->> {name})"), sql_type(argument_kind(system, parameter)))


def _tenant(system: SystemIR) -> exp.Expression | None:
    """Return the tenant that the run is under way for, which queues the other one."""
    name = system.identity.tenant_claim if system.identity is not None else None
    return call("current_setting", text(f"app.actor_{name}"), boolean(True)) if name is not None else None


def _verbatim(sql: str) -> exp.Expression:
    return exp.Column(this=exp.Identifier(this=sql, quoted=False))
