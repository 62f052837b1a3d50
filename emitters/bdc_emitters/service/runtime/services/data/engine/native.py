"""From checked JSON values to what the database driver takes for a parameter of a given SQL type."""

from base64 import b64decode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson

from services.data.engine import values
from services.data.engine.jsontext import encoded

Convert = Callable[[Any], Any]

json_text = encoded


def model_json(value: Any) -> str:
    """Return what user code gave back as JSON text; models and decimals as the API writes them."""
    from pydantic_core import to_jsonable_python  # user code that gives models back has loaded it

    return orjson.dumps(to_jsonable_python(value)).decode()


def _vector(value: Any) -> str:
    """Return the text of a vector, which may be one already."""
    return value if type(value) is str else json_text(value)


_CONVERTERS: dict[str, Convert] = {
    "time": values.time_of_day,
    "numeric": Decimal,
    "jsonb": json_text,
    "bytea": b64decode,
    "vector": _vector,
    "halfvec": _vector,
}


def converter(sql_type: str) -> Convert | None:
    """Return how a JSON value becomes a parameter of `sql_type`; None when it may stay as it is."""
    if sql_type.endswith("[]"):
        item = converter(sql_type[:-2])
        return None if item is None else lambda array: [item(value) for value in array]
    return _CONVERTERS.get(sql_type.partition("(")[0].strip().lower())
