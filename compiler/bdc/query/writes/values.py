"""Values as JSON, outside the row's own body: members of errors, payloads of events, rows of hand-written SQL."""

from sqlglot import exp

from bdc.ir import Scalar, ScalarType, Type
from bdc.query.trees import call, cast

_AS_TEXT = {Scalar.DECIMAL, Scalar.DURATION, Scalar.TIME}


def json_value(value: exp.Expression, logical: Type) -> exp.Expression:
    """Return `value` as jsonb, written as in every body: decimals are strings, bytes base64."""
    if isinstance(logical, ScalarType) and logical.scalar in _AS_TEXT:
        return call("to_jsonb", cast(value, "text"))
    if isinstance(logical, ScalarType) and logical.scalar is Scalar.BYTES:
        return call("to_jsonb", call("encode", value, exp.Literal.string("base64")))
    return call("to_jsonb", value)
