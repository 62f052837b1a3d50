"""The shape of a message to the user."""

from dataclasses import dataclass
from enum import StrEnum

from bdc.source import Span


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
    """Replace the text at `span` by `replacement` (an empty span inserts)."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would resolve the problem; shown, and offered by editors."""

    title: str
    edits: tuple[Edit, ...] = ()


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
