"""Blocks with unchecked bodies: those that begin with `set check_function_bodies = off`, PostgreSQL's own word for it.

What comes in: the text of a block. What goes out: whether it says so, and the statements that it makes objects with.
"""

import re

WORDS = "set check_function_bodies = off;"
_SAID = re.compile(
    r"\s*set\s+(?:local\s+|session\s+)?check_function_bodies\s*(?:=|\bto\b)\s*'?(?:off|false)'?\s*;",
    re.IGNORECASE,
)


def is_unread(text: str) -> bool:
    """Return whether the bodies of the routines in a block are taken as they are, whatever they name."""
    return _SAID.match(text) is not None


def without_setting(text: str) -> str:
    """Return the block without what it says of its bodies."""
    found = _SAID.match(text)
    return text if found is None else text[found.end() :].lstrip("\n")
