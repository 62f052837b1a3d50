"""The seals of the audit trail."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides

_PLACE = "audit"


def audit_changes(sides: Sides) -> Iterator[Change]:
    """Yield what changes about the seals, and about how long rows are kept."""
    old, new = sides.old.audit, sides.new.audit
    if new is None:
        if old is not None:
            keep = "Write `python -m database.audit export` to a file before: the seals are moved to `bdc_archive`."
            yield Change("behaviour.audit-unsealed", _PLACE, "the audit trail is no longer sealed", keep)
        return
    if old is None:
        message = f"the audit trail is sealed every {new.seal} s"
        yield Change("behaviour.audit-sealed", _PLACE, message, "", new.origin)
    elif old.seal != new.seal:
        message = f"the audit trail is sealed every {new.seal} s instead of {old.seal} s"
        yield Change("behaviour.audit-seal-changed", f"{_PLACE} seal", message, "", new.origin)
    before = old.keep if old is not None else None
    if before != new.keep:
        message = f"rows of the audit trail are kept {_spoken(new.keep)} instead of {_spoken(before)}"
        yield Change("behaviour.audit-keep-changed", f"{_PLACE} keep", message, "", new.origin)


def _spoken(keep: int | None) -> str:
    return "for ever" if keep is None else f"for {keep} s"
