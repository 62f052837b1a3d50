"""E93: comparing two specifications, and approvals."""

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

NOTHING_TO_COMPARE_WITH = Declared(
    "E930",
    "nothing-to-compare-with",
    "no base to compare with: no migration in {looked}",
    help="name the old side: a file or a folder, `git:REV`, an output folder (or --out DIR), or `db:URL`",
)
UNREADABLE_REVISION = Declared(
    "E931",
    "unreadable-revision",
    "git cannot read `{revision}`: {reason}",
    help="write `git:REV` or `git:REV:path`, with a revision that this clone has (in CI, fetch it first)",
)
UNREADABLE_DATABASE = Declared(
    "E932",
    "unreadable-database",
    "cannot read the database at `{where}`: {reason}",
    help="write `db:postgresql://user@host/name`; the role must be able to connect and to read the catalog",
)
BAD_APPROVAL = Declared(
    "E933",
    "bad-approval",
    "`{path}`: {reason}",
    help="write `code`, `object`, `reason`, `approved_by` and `expires` (a date) in each `[[approval]]`; `bdc diff` shows `pin`",
)
EXPIRED_APPROVAL = Declared(
    "E934",
    "expired-approval",
    "`{path}`: the approval of {what} expired on {expired}",
    help="get it approved again with a later date, or remove it",
    severity=Severity.WARNING,
)
UNUSED_APPROVAL = Declared(
    "E935",
    "unused-approval",
    "`{path}`: the approval of {what} has no change",
    help="remove it: it would approve the next such change",
    severity=Severity.WARNING,
)
OUTDATED_APPROVAL = Declared(
    "E936",
    "outdated-approval",
    "`{path}`: the approval of {what} is for another change",
    help="review the change, and write the `pin` that `bdc diff --format markdown` shows",
    severity=Severity.WARNING,
)
