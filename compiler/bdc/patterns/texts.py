"""A pattern in the words of each engine. The pattern has been found usable before (`engine.problem`)."""

from functools import lru_cache
from typing import NamedTuple

from bdc.patterns.printing import printed, text_of
from bdc.patterns.reading import read
from bdc.patterns.tree import Pattern
from bdc.patterns.written import POSTGRES_COUNTS_TO, fits_json, fits_rust, fits_sql


class Part(NamedTuple):
    """A regular expression that must be found in the text, or (not `wanted`) must not."""

    text: str
    wanted: bool = True


@lru_cache(maxsize=1024)
def tree_of(text: str) -> Pattern:
    """Return the tree of a usable pattern. Raises `UnusablePattern`."""
    return read(text)


def json_text(text: str) -> str:
    """Return the pattern for JSON Schema: ECMA 262, with the flag `u` or without."""
    return text if fits_json(text) else printed(tree_of(text))


def sql_parts(text: str) -> tuple[Part, ...]:
    """Return the pattern for PostgreSQL's `~`."""
    pattern = tree_of(text)
    if fits_sql(text) and all(look.ahead for look in pattern.looks):
        return (Part(text),)
    return _parts(pattern, POSTGRES_COUNTS_TO)


def service_parts(text: str) -> tuple[Part, ...]:
    """Return the pattern for the regular expressions of Rust, which match in linear time."""
    pattern = tree_of(text)
    return (Part(text),) if fits_rust(text) and not pattern.looks else _parts(pattern, None)


def _parts(pattern: Pattern, most: int | None) -> tuple[Part, ...]:
    looks = tuple(Part(text_of(look.node, most), look.wanted) for look in pattern.looks)
    return (Part(text_of(pattern.main, most)), *looks)
