"""Judges patterns and values with the engine that the emitted service uses: the regular expressions of Rust, in pydantic-core."""

from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

from bdc.patterns.reading import UnusablePattern
from bdc.patterns.texts import Part, service_parts, tree_of
from bdc.patterns.tree import size

LARGEST = 2_000
"""Characters that a pattern may be written out to; PostgreSQL refuses automata that are much larger."""


@lru_cache(maxsize=1024)
def problem(text: str) -> str | None:
    """Return why the pattern cannot be used, as the rest of a sentence; None when it can."""
    try:
        pattern = tree_of(text)
        if sum(map(size, (pattern.main, *(look.node for look in pattern.looks)))) > LARGEST:
            return f"is longer than {LARGEST} characters when its repetitions are written out: use lengths instead"
        for part in service_parts(text):
            _validator(part.text)
    except UnusablePattern as reason:
        return str(reason)
    except SchemaError as reason:
        return f"is not readable for the service: {str(reason).splitlines()[-1].strip()}"
    return None


def matches(text: str, value: str) -> bool:
    """Say whether `value` matches a usable pattern."""
    return all(_holds(part, value) for part in service_parts(text))


def _holds(part: Part, value: str) -> bool:
    return _validator(part.text).isinstance_python(value) is part.wanted


@lru_cache(maxsize=1024)
def _validator(text: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=text, regex_engine="rust-regex"))
