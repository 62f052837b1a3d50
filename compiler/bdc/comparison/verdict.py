"""Whether a comparison passes the gate, and why: one answer for the exit code, the last line, JSON and Markdown."""

from collections.abc import Iterable, Iterator

from bdc.changes import Change, Severity
from bdc.changes.scale import rank
from bdc.comparison.approvals import Judgement
from bdc.comparison.compare import Comparison
from bdc.comparison.release import Release
from bdc.plan import Hazard
from bdc.plan.hazards import Level, level
from bdc.source.records import dataclass

LIMITS = ("breaking", "risky", "security", "none")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """`limit`: what was asked for. `open`: changes and hazards that are as grave and not approved; `release`: they come from a new
    release of bdc, and need no approval. `refused`: there is no plan, for so many reasons."""

    limit: str
    open: tuple[Change | Hazard, ...] = ()
    release: bool = False
    refused: int = 0

    @property
    def fails(self) -> bool:
        return bool(self.refused or (self.limit != "none" and self.open and not self.release))

    @property
    def reason(self) -> str:
        """One line: `fails: 1 hazard not approved: DROP_COLUMN at customer.email`."""
        if self.refused:
            things = f"{self.refused} thing{'' if self.refused == 1 else 's'}"
            return f"fails: no plan: {things} must be said in the specification first"
        if not self.open:
            return "passes: nothing has to be approved"
        left = f"{_counted(self.open)} not approved: {_listed(self.open)}"
        if self.release:
            return f"passes: what differs comes from a new release of bdc ({left})"
        return f"passes: --fail-on is none ({left})" if self.limit == "none" else f"fails: {left}"


def verdict(
    comparison: Comparison, judgement: Judgement, limit: str, release: Release = Release.NOTHING
) -> GateVerdict:
    """Judge a comparison by `limit`, one of LIMITS."""
    found = tuple(item for item in _grave(comparison, limit, release) if judgement.of(item) is None)
    return GateVerdict(limit, found, release is Release.EVERYTHING, len(comparison.refusals))


def _grave(comparison: Comparison, limit: str, release: Release) -> Iterator[Change | Hazard]:
    worst = {"risky": Severity.RISKY}.get(limit, Severity.BREAKING)
    for change in comparison.changes:
        if rank(change.severity) <= rank(worst) or (limit == "security" and change.security):
            yield change
    if release is not Release.DATABASE:
        dangers = (hazard for hazard in comparison.planned.hazards if level(hazard) is Level.DANGER)
        yield from dict.fromkeys(dangers)


def _counted(found: Iterable[Change | Hazard]) -> str:
    """Return `2 breaking changes and 1 hazard`."""
    listed = tuple(found)
    hazards = sum(isinstance(each, Hazard) for each in listed)
    parts = []
    for severity in Severity:
        count = sum(isinstance(each, Change) and each.severity is severity for each in listed)
        parts += [f"{count} {severity} change{'' if count == 1 else 's'}"] if count else []
    parts += [f"{hazards} hazard{'' if hazards == 1 else 's'}"] if hazards else []
    return " and ".join(parts)


def _listed(found: tuple[Change | Hazard, ...]) -> str:
    named = [f"{each.code} at {place_of(each)}" for each in found[:_SHOWN]]
    more = len(found) - len(named)
    return "; ".join((*named, f"and {more} more") if more > 0 else named)


def place_of(item: Change | Hazard) -> str:
    """Return what an approval calls its `object`."""
    return item.place if isinstance(item, Change) else item.object
