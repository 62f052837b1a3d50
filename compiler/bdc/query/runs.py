"""Runs of jobs in expressions: a look at the newest run about a row."""

from collections.abc import Callable

from sqlglot import exp

from bdc.ir import Call, Entity, Expr, Literal, Parameter, Path, SystemIR
from bdc.query.paths import lower_key
from bdc.query.relations import tenant_column
from bdc.query.scope import Scope
from bdc.query.trees import call, cast, text

RUN_OF = "app.run_of"


def job_of(expr: Call) -> str:
    """Return the job that `last_run(…)` is about."""
    return _constant(expr, 0)


def argument_of(expr: Call, system: SystemIR) -> Parameter:
    """Return the argument of the job that is the row."""
    job = next(each for each in system.jobs if each.name == job_of(expr))
    return next(each for each in job.parameters if (each.row or each.name) == _constant(expr, 1))


def lower_last_run(
    expr: Call, scope: Scope, lower: Callable[[Expr, Scope], exp.Expression]
) -> exp.Expression:
    """Return the look at the newest run. A row that several tenants see shows each of them its own runs alone."""
    path = expr.arguments[2]
    assert isinstance(path, Path) and scope.row is not None
    key, taken = lower_key(path, scope, lower), argument_of(expr, scope.system)
    subject = call("jsonb_build_array", *key) if taken.is_key_of_parts else call("to_jsonb", key[0])
    return call(RUN_OF, text(job_of(expr)), text(taken.name), subject, _tenant(scope, scope.row.entity))


def _constant(expr: Call, place: int) -> str:
    found = expr.arguments[place]
    assert isinstance(found, Literal) and isinstance(found.value, str)
    return found.value


def _tenant(scope: Scope, entity: Entity) -> exp.Expression:
    """Return the tenant whose runs are shown; null where the row is of one tenant itself."""
    identity = scope.system.identity
    if identity is None or not identity.tenant_claim or tenant_column(scope.system, entity) is not None:
        return cast(exp.Null(), "text")
    return call("coalesce", cast(scope.claim(scope.system, identity.tenant_claim), "text"), text(""))
