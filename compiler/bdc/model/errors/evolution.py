"""E1, evolution: what was renamed or removed, and what that says of names that are still there."""

from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.names import CLAIMED_TWICE, DROPPED_BUT_THERE, STILL_THERE
from bdc.diagnostics.catalogue.sql import NO_SQL_OBJECT
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class StillThere(Fact):
    """`@was(name)` or `dropped name`, and `name` exists."""

    DIAGNOSTIC = STILL_THERE

    kind: str
    name: str
    owner: str
    removed: bool
    span: Span
    declared: Span

    def declaration(self) -> Declared:
        return DROPPED_BUT_THERE if self.removed else STILL_THERE


@dataclass(frozen=True, slots=True)
class ClaimedTwice(Fact):
    """One old name that two things come from, or that one comes from and that was removed too."""

    DIAGNOSTIC = CLAIMED_TWICE

    kind: str
    name: str
    owner: str
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class NoSqlObject(Fact):
    """`dropped sql "…"` with a text that names no object and begins no statement."""

    DIAGNOSTIC = NO_SQL_OBJECT

    text: str
    span: Span
