"""Values as JSON, outside the row's own body: members of errors, payloads of events, rows of hand-written SQL."""

from sqlglot import exp

from bdc.ir import ArrayType, Scalar, ScalarType, Type, vector_length
from bdc.query.jsontext import base64_list, base64_text
from bdc.query.trees import call, cast, print_sql, raw

_AS_TEXT = {Scalar.DECIMAL, Scalar.DURATION, Scalar.TIME}


def json_value(value: exp.Expression, logical: Type) -> exp.Expression:
    """Return `value` as jsonb, written as in every body: decimals are strings, bytes base64."""
    scalar = logical.scalar if isinstance(logical, ScalarType) else None
    item = logical.item if isinstance(logical, ArrayType) else None
    if vector_length(logical) is not None:
        return cast(cast(value, "text"), "jsonb")
    if scalar in _AS_TEXT:
        return call("to_jsonb", cast(value, "text"))
    if isinstance(item, ScalarType) and item.scalar in _AS_TEXT:
        return call("to_jsonb", cast(value, "text[]"))
    if scalar is Scalar.BYTES:
        return call("to_jsonb", raw(base64_text(print_sql(value))))
    if isinstance(item, ScalarType) and item.scalar is Scalar.BYTES:
        return cast(raw(base64_list(print_sql(value))), "jsonb")
    return call("to_jsonb", value)
