"""E93: comparing two specifications, and approvals."""

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

NOTHING_TO_COMPARE_WITH = Declared(
    "E930",
    "nothing-to-compare-with",
    "there is nothing to compare with: no migration in {looked}",
    help="Say the old side: a file or a folder, `git:REV`, an output folder (or --out DIR), or `db:URL`.",
)
UNREADABLE_REVISION = Declared(
    "E931",
    "unreadable-revision",
    "git cannot read `{revision}`: {reason}",
    help="Write `git:REV` or `git:REV:path`, with a revision that `git log` knows here (fetch it first in CI).",
)
UNREADABLE_DATABASE = Declared(
    "E932",
    "unreadable-database",
    "cannot read the database at `{where}`: {reason}",
    help="Write `db:postgresql://user@host/name`; the role must be able to connect and to see the catalog.",
)
BAD_APPROVAL = Declared(
    "E933",
    "bad-approval",
    "`{path}`: {reason}",
    help="Each `[[approval]]` has `code`, `object`, `reason`, `approved_by` and `expires` (a date); `pin` is what `bdc diff` shows.",
)
EXPIRED_APPROVAL = Declared(
    "E934",
    "expired-approval",
    "`{path}`: the approval of {what} expired on {expired}",
    help="Have it approved again with a later date, or remove it.",
    severity=Severity.WARNING,
)
UNUSED_APPROVAL = Declared(
    "E935",
    "unused-approval",
    "`{path}`: there is no {what} to approve",
    help="Remove it: an approval that stays behind would let the next such change pass unseen.",
    severity=Severity.WARNING,
)
OUTDATED_APPROVAL = Declared(
    "E936",
    "outdated-approval",
    "`{path}`: the approval of {what} is for another change than there is now",
    help="Review what changes now, and write the `pin` that `bdc diff --format markdown` shows.",
    severity=Severity.WARNING,
)
