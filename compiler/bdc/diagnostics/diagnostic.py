"""The shape of a message to the user."""

from enum import StrEnum

from bdc.source import Span
from bdc.source.records import dataclass


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what to say about it (the text may be empty)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text at `span` by `replacement` (an empty span inserts).

    `is_item`: it is removed as an item of a list, with its comma or its line. `repeats`: it is done only where the text there is
    the same. Both are settled before a diagnostic leaves the compiler (`edits.settled`).
    """

    span: Span
    replacement: str
    is_item: bool = False
    repeats: Span | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would resolve the problem; shown, and offered by editors. `is_sure`: there is no other that it could be, so
    that `bdc check --fix` applies it."""

    title: str
    edits: tuple[Edit, ...] = ()
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: a code, a sentence, where it is, what else is involved, and what to write instead.

    `primary` is None only for problems that have no place in a file (a missing folder).
    """

    code: str
    message: str
    primary: Label | None
    severity: Severity = Severity.ERROR
    secondary: tuple[Label, ...] = ()
    help: str = ""
    fix: Fix | None = None
