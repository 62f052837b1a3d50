"""Operations outside a resource: there is no row whose policy could speak, so that the operation names the roles that may call it."""

from sqlglot import exp

from bdc.ir import Grant, Operation
from bdc.query.trees import boolean, call, conjunction, disjunction, is_true, negation, text, text_array
from bdc.query.writes.context import Context
from bdc.query.writes.plpgsql import Refuse, Statement, When
from bdc.query.writes.refusals import members_of
from bdc.query.writes.signature import Signature


def require_roles(context: Context, operation: Operation, signature: Signature) -> tuple[Statement, ...]:
    """Refuse a caller for which no `allow` of the operation holds. It is checked
    with or without inlined policies: no row level security knows of it. An operation without roles allows no caller."""
    allowed = disjunction([_holds(context, grant, signature) for grant in operation.allows])
    refuse = Refuse(403, "forbidden", members_of(f"{operation.name}.allow", None))
    return (When(negation(allowed), (refuse,)),)


def _holds(context: Context, grant: Grant, signature: Signature) -> exp.Expression:
    carries = _carries(context, grant, signature)
    if grant.condition is None:
        return carries
    return conjunction([carries, is_true(context.value(grant.condition, context.scope))])


def _carries(context: Context, grant: Grant, signature: Signature) -> exp.Expression:
    named = [context.system.role(name) for name in grant.roles]
    granted = dict.fromkeys(name for role in named for name in role.granted_by or (role.name,))
    if not granted:
        return boolean(False)
    held = call("string_to_array", signature.roles(), text(","))
    return exp.ArrayOverlaps(this=held, expression=text_array(granted))
