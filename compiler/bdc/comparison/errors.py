"""What can be wrong with a side, or with the approvals."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class NoBase:
    """`looked`: the output folders that hold no migration."""

    looked: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        places = ", ".join(f"`{place}`" for place in self.looked)
        return Diagnostic(
            "E930",
            f"there is nothing to compare with: no migration in {places}",
            None,
            help="Say the old side: a file or a folder, `git:REV`, an output folder (or --out DIR), or `db:URL`.",
        )


@dataclass(frozen=True, slots=True)
class UnreadableRevision:
    revision: str
    reason: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E931",
            f"git cannot read `{self.revision}`: {self.reason}",
            None,
            help="Write `git:REV` or `git:REV:path`, with a revision that `git log` knows here (fetch it first in CI).",
        )


@dataclass(frozen=True, slots=True)
class UnreadableDatabase:
    """`where` without the password."""

    where: str
    reason: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E932",
            f"cannot read the database at `{self.where}`: {self.reason}",
            None,
            help="Write `db:postgresql://user@host/name`; the role must be able to connect and to see the catalog.",
        )


@dataclass(frozen=True, slots=True)
class BrokenMigrations:
    reason: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E915",
            self.reason,
            None,
            help="Restore the folder from version control: migrations are written once and never changed.",
        )


@dataclass(frozen=True, slots=True)
class BadApproval:
    path: str
    reason: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E933",
            f"`{self.path}`: {self.reason}",
            None,
            help="Each `[[approval]]` has `code`, `object`, `reason`, `approved_by` and `expires` (a date); `pin` is what `bdc diff` shows.",
        )


@dataclass(frozen=True, slots=True)
class ExpiredApproval:
    path: str
    what: str
    expired: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E934",
            f"`{self.path}`: the approval of {self.what} expired on {self.expired}",
            None,
            Severity.WARNING,
            help="Have it approved again with a later date, or remove it.",
        )


@dataclass(frozen=True, slots=True)
class OutdatedApproval:
    path: str
    what: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E936",
            f"`{self.path}`: the approval of {self.what} is for another change than there is now",
            None,
            Severity.WARNING,
            help="Review what changes now, and write the `pin` that `bdc diff --format markdown` shows.",
        )


@dataclass(frozen=True, slots=True)
class UnusedApproval:
    path: str
    what: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E935",
            f"`{self.path}`: there is no {self.what} to approve",
            None,
            Severity.WARNING,
            help="Remove it: an approval that stays behind would let the next such change pass unseen.",
        )
