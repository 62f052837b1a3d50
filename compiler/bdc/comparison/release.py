"""What of a comparison comes from a new release of bdc, and not from the specification."""

from enum import Enum

from bdc.comparison.snapshots import Snapshot
from bdc.evolution import FOLDER, read_history
from bdc.evolution.upgrade import is_of_release, is_unchanged
from bdc.output.writer import load_basis


class Release(Enum):
    """NOTHING: the specification has changed, or one side is no output folder. DATABASE: what differs in the database; the rest may be the
    user's. EVERYTHING: the specification is the same."""

    NOTHING = 0
    DATABASE = 1
    EVERYTHING = 2


def of_release(old: Snapshot, new: Snapshot) -> Release:
    """Return what of the way from `old` (an output folder) to `new` (a specification) is bdc's own. HistoryError as `read_history`."""
    if old.root is None or new.system is None or not new.files or not (old.root / FOLDER).is_dir():
        return Release.NOTHING
    last, basis = read_history(old.root)[-1], load_basis(old.root)
    if is_unchanged(new.files, basis, last):
        return Release.EVERYTHING
    return Release.DATABASE if is_of_release(last, new.state, new.files, basis) else Release.NOTHING
