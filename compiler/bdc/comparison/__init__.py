"""Two sides of a diff: what differs in the database, for clients, for callers, and what has to happen in which order.

What comes in: two names, of files, folders, revisions of git, output folders or databases (`sides`). What goes out: a `Comparison`,
judged by the approvals that the repository holds, as text, JSON or Markdown. Deliberately absent: exit codes and the terminal
(the command), what a change is (`bdc.changes`), and how the database gets there (`bdc.plan`).
"""

from bdc.comparison.approvals import APPROVALS, Approval, Judgement, judge, read_approvals
from bdc.comparison.compare import Comparison, compare
from bdc.comparison.snapshots import Snapshot, load_side

__all__ = [
    "APPROVALS",
    "Approval",
    "Comparison",
    "Judgement",
    "Snapshot",
    "compare",
    "judge",
    "load_side",
    "read_approvals",
]
