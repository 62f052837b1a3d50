"""The function library of expressions as PostgreSQL functions. Time is UTC whatever the session says."""

from sqlglot import exp

from bdc.ir import ArrayType, Call, Literal, Scalar, ScalarType, SystemIR
from bdc.query.trees import call, cast, group, text

UUID7_BUILT_IN = 18  # the first PostgreSQL that has uuidv7()
UUID7_HELPER = "app.uuid7"


def uuid7_function(system: SystemIR) -> str:
    """Return the name of the uuid7 generator that every declared deployment has."""
    versions = [deploy.database.version for deploy in system.deploys]
    return "uuidv7" if min(versions, default=UUID7_BUILT_IN) >= UUID7_BUILT_IN else UUID7_HELPER


def lower_call(expr: Call, arguments: list[exp.Expression], system: SystemIR) -> exp.Expression:
    """Return the tree of a call. TypeError for a function that has no SQL (`env`)."""
    match expr.function:
        case "now":
            return call("now")
        case "today":
            return cast(exp.AtTimeZone(this=call("now"), zone=text("UTC")), "date")
        case "uuid7":
            return call(uuid7_function(system))
        case "date_trunc":
            return _date_trunc(expr, arguments)
        case "length" if isinstance(expr.arguments[0].type, ArrayType):
            return call("cardinality", *arguments)
        case "round" if len(arguments) == 2:
            return call("round", cast(group(arguments[0]), "numeric"), arguments[1])
    if (name := _PLAIN.get(expr.function)) is None:
        raise TypeError(f"{expr.function}() has no SQL")
    return call(name, *arguments)


_PLAIN: dict[str, str] = {
    "lower": "lower",
    "upper": "upper",
    "trim": "btrim",
    "length": "char_length",
    "coalesce": "coalesce",
    "uuid4": "gen_random_uuid",
    "abs": "abs",
    "round": "round",
}


def _date_trunc(expr: Call, arguments: list[exp.Expression]) -> exp.Expression:
    """The unit may stand first or last."""
    unit, value = (0, 1) if isinstance(expr.arguments[0], Literal) else (1, 0)
    logical = expr.arguments[value].type
    if isinstance(logical, ScalarType) and logical.scalar is Scalar.DATE:
        return cast(call("date_trunc", arguments[unit], cast(arguments[value], "timestamp")), "date")
    return call("date_trunc", arguments[unit], arguments[value], text("UTC"))
