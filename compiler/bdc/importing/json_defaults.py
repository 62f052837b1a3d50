"""Defaults of `jsonb` columns, as `{ … }` and `[ … ]`."""

import json
import re
from typing import Any

from bdc.importing.text import quoted

_WORD = re.compile(r"[a-z_][a-z0-9_]*\Z")
_NEVER = ("by", "when")  # names only in some places: they stand in quotes


def json_default(text: str) -> str | None:
    """Return the JSON text of a default in the language; None for a text that would not come back letter for letter."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    is_written = isinstance(value, dict | list) and json.dumps(value, ensure_ascii=False) == text
    return _written(value) if is_written else None


def _written(value: Any) -> str:
    if isinstance(value, dict):
        members = ", ".join(f"{_key(name)}: {_written(each)}" for name, each in value.items())
        return f"{{ {members} }}" if members else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def _key(name: str) -> str:
    return name if _WORD.match(name) and name not in _NEVER else quoted(name)
