"""Rows that arguments of an operation name: the caller may name those that it may read, or that `allow refer` opens."""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import Operation, Parameter
from bdc.policy import REFER
from bdc.query.names import column, table_of
from bdc.query.referring import may_refer_to
from bdc.query.relations import key_columns
from bdc.query.scope import Row
from bdc.query.trees import conjunction, disjunction, equal, exists, is_constant, negation, number, text
from bdc.query.writes import references
from bdc.query.writes.context import Context, one_by_one
from bdc.query.writes.names import is_given, json_object, variable
from bdc.query.writes.plpgsql import Statement
from bdc.query.writes.signature import argument
from bdc.query.writes.statements import one, query


def naming(operation: Operation) -> tuple[Parameter, ...]:
    """Return the parameters that name rows."""
    return tuple(each for each in operation.parameters if each.refers is not None)


def refuse_unknown(context: Context, operation: Operation) -> tuple[Statement, ...]:
    """Return what refuses arguments that name no row in the caller's reach: 422, each with its place."""
    problems = list(_problems(context, operation))
    return (references.collect(problems), references.refuse_errors()) if problems else ()


def _problems(context: Context, operation: Operation) -> Iterator[exp.Select]:
    for index, parameter in enumerate(naming(operation)):
        lost = conjunction(
            [is_given(variable(argument(parameter.name))), negation(_known(context, parameter))]
        )
        message = text(f"There is no such {parameter.refers}.")
        problem = json_object(
            path=text(_place(operation, parameter)), code=text("not-found"), message=message
        )
        yield query([one(problem, references.PROBLEM), one(number(index), references.PLACE)], [], [lost])


def _known(context: Context, parameter: Parameter) -> exp.Expression:
    entity = context.system.entity(parameter.refers or "")
    row = Row(entity, context.scope.names.fresh())
    (name,) = key_columns(entity)
    value = variable(argument(parameter.name))
    seen = conjunction([equal(column(row.alias, name), value), *context.readable(row)])
    found = one_by_one(exists([table_of(entity, row.alias)], seen))
    if not context.policies.clauses.allow(entity.name, REFER):
        return found
    unread = may_refer_to(context.policies, entity.name, {name: value.copy()})
    return unread if is_constant(seen, False) else disjunction([found, unread])


def _place(operation: Operation, parameter: Parameter) -> str:
    """Return where the argument stands in a request, as other problems say it."""
    match parameter.place or ("query" if operation.http.method == "GET" else "body"):
        case "path":
            return f"{{{parameter.name}}}"
        case "query":
            return f"?{parameter.name}"
        case "header":
            return parameter.header
        case "whole":
            return ""
    return f"/{parameter.name}"
