"""SQL that computes text, JSON text above all: constants and values, concatenated in one call."""

import json

# Arguments of one function call are limited to 100.
MAX_ARGUMENTS = 90


def literal(text: str) -> str:
    """Return an SQL string constant; safe with any setting of standard_conforming_strings."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def name(key: str) -> str:
    """Return a member's name as JSON, with its colon."""
    return json.dumps(key) + ":"


class Text:
    """Collects pieces of text into one SQL expression that is never null."""

    def __init__(self) -> None:
        self._arguments: list[str] = []
        self._constant: list[str] = []

    def add(self, constant: str) -> "Text":
        """Append text that is known."""
        if constant:
            self._constant.append(constant)
        return self

    def compute(self, sql: str) -> "Text":
        """Append the value of an SQL expression."""
        self._flush()
        self._arguments.append(sql)
        return self

    def sql(self) -> str:
        self._flush()
        return concatenate(self._arguments)

    def _flush(self) -> None:
        if self._constant:
            self._arguments.append(literal("".join(self._constant)))
            self._constant = []


def concatenate(arguments: list[str]) -> str:
    """Return one expression for all of `arguments`, whatever their number."""
    if len(arguments) > MAX_ARGUMENTS:
        starts = range(0, len(arguments), MAX_ARGUMENTS)
        return concatenate([concatenate(arguments[start : start + MAX_ARGUMENTS]) for start in starts])
    return f"concat({', '.join(arguments)})"
