"""What mends a mistake."""

from dataclasses import dataclass

from lark import Token

from bdc.diagnostics import Fact


@dataclass(frozen=True, slots=True)
class Repair:
    """Feed `tokens` in place of those from the failing one up to `resume` (an index). `cut`: what was begun of the innermost list's next
    item is forgotten first. Without a `fact`, a later step says what is wrong."""

    fact: Fact | None
    tokens: tuple[Token, ...]
    resume: int
    cut: bool = False
