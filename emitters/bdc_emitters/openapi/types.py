"""Types of the language as JSON Schema: what an answer holds, what a body may hold, what a query parameter may say."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from bdc.ir import ArrayType, EntityType, EnumType, Scalar, ScalarType, StructType, Type, vector_length
from bdc.ir.decimals import largest
from bdc.ir.physical import is_half
from bdc.patterns import json_text

Schema = dict[str, Any]

TEXT_LIMIT = 1_048_576  # the largest body: no longer text ever arrives
ARRAY_LIMIT = 1_000
EXACT_DIGITS = 15  # a double holds every decimal number of so many digits
LARGEST_SINGLE = 3.4e38  # a number of 32 bits
LARGEST_HALF = 65_504  # of 16
CHOICE_LIMIT = 100  # values in one comma-separated query parameter
NO_NUL = r"^[^\u0000]*$"  # PostgreSQL cannot hold U+0000, so it is refused wherever text comes in
# A text in an address: not empty, and none of the segments that clients resolve, `.` and `..`.
SEGMENT = r"^(?:[^.\u0000]|\.[^.\u0000]|\.\.[^\u0000])[^\u0000]*$"
_INT = (-(2**31), 2**31 - 1)
_BIGINT = (-(2**63), 2**63 - 1)
_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_TIME = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?$"


class Mode(StrEnum):
    READ = "read"
    WRITE = "write"
    QUERY = "query"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def struct_name(name: str, mode: Mode) -> str:
    """Return the component of a struct: what comes in is held to more than what goes out."""
    return name if mode is Mode.READ else f"{name}Input"


def schema(logical: Type, mode: Mode) -> Schema:
    """Return the schema of a value that is not null."""
    if isinstance(logical, EnumType | EntityType):
        return ref(logical.name)
    if isinstance(logical, StructType):
        return ref(struct_name(logical.name, mode))
    length = vector_length(logical)
    if length is not None:
        return {"type": "array", "items": _of_vector(logical, mode), "minItems": length, "maxItems": length}
    if isinstance(logical, ArrayType):
        return {"type": "array", "items": schema(logical.item, mode), "maxItems": ARRAY_LIMIT}
    return _SCALARS[logical.scalar](logical, mode)


def nullable(inner: Schema) -> Schema:
    """Return a schema that also accepts null."""
    if inner == ref("Json") or accepts_null(inner):
        return inner
    if "anyOf" in inner:
        return {**inner, "anyOf": [*inner["anyOf"], {"type": "null"}]}
    kind = inner.get("type")
    if kind is None:
        return {"anyOf": [inner, {"type": "null"}]}
    return {**inner, "type": [*(kind if isinstance(kind, list) else [kind]), "null"]}


def accepts_null(made: Schema) -> bool:
    kinds = made.get("type", ())
    return "null" in ([kinds] if isinstance(kinds, str) else kinds) or {"type": "null"} in made.get(
        "anyOf", ()
    )


def _text(logical: ScalarType, mode: Mode) -> Schema:
    made: Schema = {"type": "string"}
    if logical.format:
        made["format"] = logical.format
    if logical.min_length:
        made["minLength"] = logical.min_length
    made["maxLength"] = TEXT_LIMIT if logical.max_length is None else logical.max_length
    if logical.pattern:
        made["pattern"] = json_text(logical.pattern)
    elif mode is not Mode.READ and not logical.format:
        made["pattern"] = NO_NUL
    return made


def _integer(name: str, bounds: tuple[int, int], logical: ScalarType) -> Schema:
    least, most = bounds
    if logical.minimum is not None:
        least = max(least, int(logical.minimum))
    if logical.maximum is not None:
        most = min(most, int(logical.maximum))
    return {"type": "integer", "format": name, "minimum": least, "maximum": most}


def _decimal(logical: ScalarType, mode: Mode) -> Schema:
    text: Schema = {
        "type": "string",
        "pattern": decimal_pattern(logical, mode),
        "maxLength": _digits(logical),
    }
    if mode is not Mode.WRITE:
        return text
    number: Schema = {"type": "number", **_number_bounds(logical)}
    return {"anyOf": [text, number]}


def decimal_pattern(logical: ScalarType, mode: Mode) -> str:
    """Return the pattern of a decimal as text. An answer may have fewer places than the column: sums over nothing are 0."""
    sign = "" if logical.minimum is not None and logical.minimum >= 0 and mode is not Mode.READ else "-?"
    if mode is Mode.READ or logical.precision is None:
        return rf"^{sign}[0-9]+(?:\.[0-9]+)?$"
    scale = logical.scale or 0
    places = rf"(?:\.[0-9]{{1,{scale}}})?" if scale else ""
    return rf"^{sign}[0-9]{{1,{max(logical.precision - scale, 1)}}}{places}$"


def _digits(logical: ScalarType) -> int:
    """Return how long the text of a decimal may be: its digits, a sign, a point and a leading zero."""
    return max(64, (logical.precision or 0) + 3)


def _number_bounds(logical: ScalarType) -> Schema:
    """Return the bounds of a decimal as a number. A bound that a reader of JSON would round is left out: the service holds the
    exact one, and the pattern of the text states it."""
    scale = logical.scale or 0
    most = None
    if logical.precision is not None:
        most = largest(logical.precision, scale)
    lows = [
        bound
        for bound in (logical.minimum, None if most is None else most.copy_negate())
        if bound is not None
    ]
    highs = [bound for bound in (logical.maximum, most) if bound is not None]
    made: Schema = {}
    if lows and is_exact(max(lows)):
        made["minimum"] = plain_number(max(lows))
    if highs and is_exact(min(highs)):
        made["maximum"] = plain_number(min(highs))
    if logical.precision is not None and scale <= EXACT_DIGITS:
        made["multipleOf"] = plain_number(Decimal(1).scaleb(-scale))
    return made


def is_exact(value: Decimal) -> bool:
    """Return whether a double, which most readers of JSON use, holds `value` with all of its digits."""
    return len(value.as_tuple().digits) <= EXACT_DIGITS


def plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _float(logical: ScalarType, mode: Mode) -> Schema:
    made: Schema = {"type": "number", "format": "double"}
    if logical.minimum is not None:
        made["minimum"] = plain_number(logical.minimum)
    if logical.maximum is not None:
        made["maximum"] = plain_number(logical.maximum)
    return made


def _of_vector(logical: Type, mode: Mode) -> Schema:
    """Return the schema of a number of a vector, which is kept in 32 bits or 16."""
    most = LARGEST_HALF if is_half(logical) else LARGEST_SINGLE
    bounds = {} if mode is Mode.READ else {"minimum": -most, "maximum": most}
    return {"type": "number", "format": "float", **bounds}


def _formatted(name: str, most: int) -> Schema:
    return {"type": "string", "format": name, "maxLength": most}


def _json(logical: ScalarType, mode: Mode) -> Schema:
    return ref("Json")


def _bytes(logical: ScalarType, mode: Mode) -> Schema:
    return {"type": "string", "contentEncoding": "base64", "pattern": _BASE64, "maxLength": TEXT_LIMIT}


_SCALARS = {
    Scalar.STRING: _text,
    Scalar.TEXT: _text,
    Scalar.INT: lambda logical, mode: _integer("int32", _INT, logical),
    Scalar.BIGINT: lambda logical, mode: _integer("int64", _BIGINT, logical),
    Scalar.DECIMAL: _decimal,
    Scalar.FLOAT: _float,
    Scalar.BOOL: lambda logical, mode: {"type": "boolean"},
    Scalar.UUID: lambda logical, mode: _formatted("uuid", 36),
    Scalar.DATE: lambda logical, mode: _formatted("date", 10),
    Scalar.TIME: lambda logical, mode: {"type": "string", "pattern": _TIME, "maxLength": 15},
    Scalar.TIMESTAMP: lambda logical, mode: _formatted("date-time", 35),
    Scalar.DURATION: lambda logical, mode: _formatted("duration", 64),
    Scalar.JSON: _json,
    Scalar.BYTES: _bytes,
}

# Client generators read no recursive choice: any value is a schema without a type. PostgreSQL keeps no U+0000 in a text: 422.
JSON_SCHEMA: Schema = {"description": "Any JSON. Its texts hold no character U+0000."}
