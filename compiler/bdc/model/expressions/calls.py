"""Calls of the function library."""

from bdc import ir
from bdc.model.errors.names import UnknownFunction
from bdc.model.errors.types import NotAllowedHere, WrongArguments
from bdc.model.expressions.collections import count
from bdc.model.expressions.runs import LAST_RUN, last_run
from bdc.model.expressions.scope import Scope, Typer
from bdc.model.expressions.trees import WALKS, is_walk, misplaced
from bdc.model.expressions.zones import against_zone
from bdc.model.functions import FUNCTIONS, UNITS, Function, Parameter, accepts, kind_of
from bdc.model.nodes.entity import SqlExpression
from bdc.model.typing.types import TEXT, describe, same_family, scalar_of
from bdc.sql import SqlSyntaxError
from bdc.sql.tokens import closed
from bdc.syntax import ast

_AGGREGATES = ("count", "sum", "min", "max", "avg", "list")
_SQL_PLACES = "write it in a default of a column, a check, a key or a condition of an index"
_CLOCK = ("now", "today", "uuid4", "uuid7")


def call(node: ast.Call, scope: Scope, expected: ir.Type | None, typed: Typer) -> ir.Expr | None:
    name = node.function.text
    if name == "count" and len(node.arguments) == 1:
        return count(node, scope)
    if name in _AGGREGATES:
        usage = "count(items)" if name == "count" else f"{name}(i in items, i.quantity)"
        scope.context.report(
            WrongArguments(usage, f"`{name}` expects a name bound to a collection", node.span)
        )
        return None
    if name == "sql":
        return sql_text(node, scope, expected)
    if name == LAST_RUN:
        return last_run(node, scope)
    if is_walk(node):
        misplaced(node, scope)
        return None
    function = FUNCTIONS.get(name)
    if function is None:
        known = (*sorted(FUNCTIONS), *_AGGREGATES, *WALKS, LAST_RUN)
        scope.context.report(UnknownFunction(name, node.function.span, known))
        return None
    return _known(node, function, scope, expected, typed) if _possible(node, function, scope) else None


def sql_text(node: ast.Call, scope: Scope, expected: ir.Type | None) -> ir.SqlText | None:
    """Return `sql("…")`, which is taken to be what is wanted where it stands."""
    match [(each.name, each.value) for each in node.arguments]:
        case [(None, ast.StringLiteral(value=text, span=span))] if text.strip():
            if scope.place.sql:
                written = SqlExpression(text, span, scope.row, scope.place.words)
                scope.context.sql_expressions.append(written)
                return ir.SqlText(sql=_closed(text), type=expected or TEXT)
            scope.context.report(NotAllowedHere("`sql(…)`", scope.place.words, node.span, _SQL_PLACES))
        case _ if not scope.context.is_unreadable(node.span):
            scope.context.report(WrongArguments('sql("…")', "`sql` expects one text", node.span))
    return None


def _closed(text: str) -> str:
    """Return the text so that a parenthesis can follow it; what PostgreSQL cannot read stays as it is, and is reported later."""
    try:
        return closed(text)
    except SqlSyntaxError:
        return text


def _possible(node: ast.Call, function: Function, scope: Scope) -> bool:
    place = scope.place
    if (function.name in _CLOCK and not place.clock) or (function.name == "env" and not place.environment):
        scope.context.report(NotAllowedHere(f"`{function.name}()`", place.words, node.span))
        return False
    most, least = len(function.parameters), len(function.parameters) - function.optional
    given = len(node.arguments)
    named = next((each for each in node.arguments if each.name is not None), None)
    if named is not None or given < least or (given > most and not function.variadic):
        problem = (
            "its arguments have no names"
            if named is not None
            else f"`{function.name}` cannot be called with {_count(given)}"
        )
        scope.context.report(WrongArguments(function.signature, problem, node.span))
        return False
    return True


def _count(number: int) -> str:
    return "one argument" if number == 1 else f"{number or 'no'} arguments"


def _known(
    node: ast.Call, function: Function, scope: Scope, expected: ir.Type | None, typed: Typer
) -> ir.Expr | None:
    arguments: list[ir.Expr] = []
    for index, written in enumerate(node.arguments):
        parameter = function.parameters[min(index, len(function.parameters) - 1)]
        hint = _hint(function, parameter, arguments, expected)
        found = typed(written.value, scope, hint)
        if found is None or not _fits(function, parameter, found, arguments, written, scope):
            return None
        arguments.append(found)
    nulls = [each.nullable for each in arguments]
    return ir.Call(
        function=function.name,
        arguments=tuple(arguments),
        type=function.result or _shared(function, arguments),
        nullable=all(nulls) if function.first_non_null else any(nulls),
    )


def _shared(function: Function, arguments: list[ir.Expr]) -> ir.Type:
    """The type of one argument, or of the widest."""
    if function.widest:
        return max((each.type for each in arguments), key=_width)
    return arguments[function.same_as].type


def _width(type_: ir.Type) -> int:
    scalar = scalar_of(type_)
    return _WIDTH.get(scalar, 0) if scalar is not None else 0


_WIDTH = {ir.Scalar.INT: 1, ir.Scalar.BIGINT: 2, ir.Scalar.DECIMAL: 3, ir.Scalar.FLOAT: 4}


def _hint(
    function: Function, parameter: Parameter, before: list[ir.Expr], expected: ir.Type | None
) -> ir.Type | None:
    """The type that a literal argument takes: that of the result where they are the same."""
    if parameter.kinds or parameter.zone:
        return None
    return before[0].type if before else expected


def _fits(
    function: Function,
    parameter: Parameter,
    found: ir.Expr,
    before: list[ir.Expr],
    written: ast.Argument,
    scope: Scope,
) -> bool:
    problem = ""
    if parameter.zone:
        problem = against_zone(found, scope.context)
    elif not accepts(parameter, found.type):
        problem = f"`{parameter.name}` expects {kind_of(parameter)}, found `{describe(found.type)}`"
        if function.name == "contains" and isinstance(found.type, ir.ArrayType):
            problem += ": whether a list has a value is asked by `value in list`"
    elif (
        before
        and function.result is None
        and (function.variadic or not parameter.kinds)
        and not same_family(before[0].type, found.type)
    ):
        problem = f"`{describe(before[0].type)}` and `{describe(found.type)}` have no common type"
    elif parameter.name == "unit" and not (
        isinstance(found, ir.Literal) and found.value in UNITS[function.name]
    ):
        problem = f"`unit` is one of {', '.join(UNITS[function.name])}"
    elif parameter.position and not _is_position(found):
        problem = f"`{parameter.name}` expects a whole number above 0"
    if problem:
        scope.context.report(WrongArguments(function.signature, problem, written.span))
    return not problem


def _is_position(found: ir.Expr) -> bool:
    return isinstance(found, ir.Literal) and isinstance(found.value, int) and found.value > 0
