"""The function library of expressions as PostgreSQL functions. Time is UTC whatever the session says."""

from functools import reduce
from string import ascii_lowercase, ascii_uppercase

from sqlglot import exp

from bdc.ir import ArrayType, Call, Literal, Scalar, ScalarType, StructType, SystemIR, Type
from bdc.query.suffixes import lower_suffix
from bdc.query.trees import binary, call, cast, group, text
from bdc.query.types import plain_type

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
        case "unique_suffix":
            return lower_suffix(expr, arguments, system)
        case "uuid7":
            return call(uuid7_function(system))
        case "day_of":
            return cast(group(exp.AtTimeZone(this=group(arguments[0]), zone=group(arguments[1]))), "date")
        case "date_trunc":
            return _date_trunc(expr, arguments)
        case "date_part":
            return _date_part(expr, arguments)
        case "length" if isinstance(expr.arguments[0].type, ArrayType):
            of_structs = isinstance(expr.arguments[0].type.item, StructType)
            return call("jsonb_array_length" if of_structs else "cardinality", *arguments)
        case "slugify":
            # Not lower(): what it makes of other letters depends on the locale of the database.
            small = call("translate", *arguments, text(ascii_uppercase), text(ascii_lowercase))
            words = call("regexp_replace", small, text("[^a-z0-9]+"), text("-"), text("g"))
            return call("btrim", words, text("-"))
        case "concat":
            return _joined(expr, arguments)
        case "floor" | "ceil" if _is_whole(expr.arguments[0].type):
            return arguments[0]  # PostgreSQL would make a float of it
        case "ends_with":
            end = call("right", arguments[0], call("char_length", arguments[1].copy()))
            return group(exp.EQ(this=end, expression=arguments[1]))
        case "contains":
            return group(exp.GT(this=call("strpos", *arguments), expression=exp.Literal.number(0)))
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
    "floor": "floor",
    "ceil": "ceil",
    "replace": "replace",
    "substring": "substr",
    "starts_with": "starts_with",
    "greatest": "greatest",
    "least": "least",
}


def _joined(expr: Call, arguments: list[exp.Expression]) -> exp.Expression:
    """`||` instead of concat(): that one depends on settings of the session, so that no index and no check may use it."""
    texts = [
        argument
        if plain_type(given.type) == "text" and not isinstance(given, Literal)
        else cast(argument, "text")
        for given, argument in zip(expr.arguments, arguments, strict=True)
    ]
    return group(reduce(lambda left, right: binary(exp.DPipe, left, right), texts))


def _is_whole(logical: Type) -> bool:
    return isinstance(logical, ScalarType) and logical.scalar in (Scalar.INT, Scalar.BIGINT)


def _date_trunc(expr: Call, arguments: list[exp.Expression]) -> exp.Expression:
    """The unit may stand first or last."""
    unit, value = (0, 1) if isinstance(expr.arguments[0], Literal) else (1, 0)
    logical = expr.arguments[value].type
    if isinstance(logical, ScalarType) and logical.scalar is Scalar.DATE:
        return cast(call("date_trunc", arguments[unit], cast(arguments[value], "timestamp")), "date")
    return call("date_trunc", arguments[unit], arguments[value], text("UTC"))


_PARTS = {"weekday": "isodow", "yearday": "doy"}


def _date_part(expr: Call, arguments: list[exp.Expression]) -> exp.Expression:
    """A whole number: the seconds of a minute have no fraction, and Monday is the first day of a week."""
    unit, logical = expr.arguments[0], expr.arguments[1].type
    assert isinstance(unit, Literal)
    value = arguments[1]
    if not (isinstance(logical, ScalarType) and logical.scalar is Scalar.DATE):
        zone = arguments[2] if len(arguments) > 2 else text("UTC")
        value = group(exp.AtTimeZone(this=group(value), zone=group(zone)))
    name = str(unit.value)
    return cast(call("floor", call("date_part", text(_PARTS.get(name, name)), value)), "integer")
