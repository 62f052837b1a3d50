"""References in the input: the caller may only point at rows that the caller may read, or that `allow refer` opens.

A foreign key alone would tell whether a row exists that the caller must not know of; so a row that cannot be read is
reported exactly as one that does not exist: 422, with the path of the member.
"""

from collections.abc import Sequence

from sqlglot import exp

from bdc.ir import ReferenceField, ScalarField
from bdc.query.names import column, table_of
from bdc.query.referring import may_refer_unread
from bdc.query.relations import points_at
from bdc.query.scope import Row
from bdc.query.trees import call, conjunction, disjunction, exists, is_constant, text
from bdc.query.writes.context import Context, one_by_one
from bdc.query.writes.names import derived, is_null, json_object, variable
from bdc.query.writes.plpgsql import Declared, Refuse, Run, Statement, When
from bdc.query.writes.statements import one, query

ERRORS = "v_errors"
PLACE = "place"
_ALL = "x"
PROBLEM = "problem"
VARIABLES = (Declared(ERRORS, "jsonb"),)


def may_refer(context: Context, row: Row, reference: ReferenceField) -> exp.Expression:
    """Return the condition that `row`'s reference is null or leads to a row that the caller may read, or refer to."""
    target = Row(context.system.entity(reference.target), context.scope.names.fresh())
    seen = conjunction([points_at(row, reference, target), *context.readable(target)])
    found = one_by_one(exists([table_of(target.entity, target.alias)], seen))
    unread = may_refer_unread(context.policies, row, reference)
    if not is_constant(unread, False):
        found = unread if is_constant(seen, False) else disjunction([found, unread])
    missing = [is_null(row.column(name)) for name in own_columns(row, reference)]
    return disjunction([*missing, found]) if reference.nullable else found


def own_columns(row: Row, reference: ReferenceField) -> tuple[str, ...]:
    """Return the columns that carry the reference: those of its carriers, or the one it has."""
    carriers = (row.entity.field(name) for name in reference.carriers)
    return tuple(found.column for found in carriers if isinstance(found, ScalarField | ReferenceField)) or (
        reference.column,
    )


def _problem(path: exp.Expression, reference: ReferenceField, *, bare: bool = False) -> exp.Expression:
    """Return the error of one reference; `path` is where the row stands in the input (`bare`: where the value does)."""
    name = text("") if bare else text(f"/{reference.carriers[0] if reference.carriers else reference.member}")
    where = path if bare else name if path == text("") else call("concat", path, name)
    message = f"There is no such {reference.target}."
    return json_object(path=where, code=text("not-found"), message=text(message))


def refuse_errors() -> Statement:
    """Refuse with what the errors variable holds, if it holds any."""
    given = exp.Not(this=is_null(variable(ERRORS)))
    return When(given, (Refuse(422, "validation-failed", json_object(errors=variable(ERRORS))),))


def collect(problems: Sequence[exp.Select]) -> Statement:
    """Gather the problems that the queries find, in the order of the input, into the errors variable."""
    union: exp.Expression = problems[0]
    for other in problems[1:]:
        union = exp.Union(this=union, expression=other, distinct=False)
    in_order = exp.Order(this=column(_ALL, PROBLEM), expressions=[exp.Ordered(this=column(_ALL, PLACE))])
    return Run(query([call("jsonb_agg", in_order)], [derived(union, _ALL)]), (ERRORS,))


def found_problem(
    path: exp.Expression, place: exp.Expression, reference: ReferenceField, *, bare: bool = False
) -> tuple[exp.Expression, exp.Expression]:
    """Return what a query of `collect` selects: the problem, and where the row stands among its like."""
    return one(_problem(path, reference, bare=bare), PROBLEM), one(place, PLACE)
