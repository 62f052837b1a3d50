"""What can be wrong with a side, or with the approvals."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue import comparison as declared
from bdc.diagnostics.catalogue.project import BROKEN_HISTORY
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class NoBase(Fact):
    """`looked`: the output folders that hold no migration."""

    DIAGNOSTIC = declared.NOTHING_TO_COMPARE_WITH

    looked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnreadableRevision(Fact):
    DIAGNOSTIC = declared.UNREADABLE_REVISION

    revision: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnreadableDatabase(Fact):
    """`where` without the password."""

    DIAGNOSTIC = declared.UNREADABLE_DATABASE

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class BrokenMigrations(Fact):
    DIAGNOSTIC = BROKEN_HISTORY

    reason: str


@dataclass(frozen=True, slots=True)
class BadApproval(Fact):
    DIAGNOSTIC = declared.BAD_APPROVAL

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExpiredApproval(Fact):
    DIAGNOSTIC = declared.EXPIRED_APPROVAL

    path: str
    what: str
    expired: str


@dataclass(frozen=True, slots=True)
class OutdatedApproval(Fact):
    DIAGNOSTIC = declared.OUTDATED_APPROVAL

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class UnusedApproval(Fact):
    DIAGNOSTIC = declared.UNUSED_APPROVAL

    path: str
    what: str
