"""For a pull request: what a reviewer must see is open, the rest is folded."""

from collections.abc import Iterable, Iterator

from bdc.changes import Change, Severity
from bdc.comparison.approvals import Approval, Judgement
from bdc.comparison.compare import Comparison
from bdc.comparison.render.sections import counted, locked, number, place_of, sections
from bdc.plan import Operation


def render_markdown(comparison: Comparison, judgement: Judgement) -> str:
    """Return a comment for a pull request."""
    return "\n".join(_lines(comparison, judgement)) + "\n"


def _lines(comparison: Comparison, judgement: Judgement) -> Iterator[str]:
    yield f"### `{comparison.old.label}` → `{comparison.new.label}`"
    yield ""
    yield _summary(comparison)
    yield from (f"\n> {_cell(note)}" for note in comparison.notes)
    for refusal in comparison.refusals:
        yield f"\n**{refusal.code}** {_cell(refusal.message)}  \n{_cell(refusal.help)}"
    yield from _database(comparison.operations, judgement)
    for title, found in sections(comparison.changes):
        yield f"\n#### {title}: {counted(found)}\n"
        yield from _changes(found, judgement)
    if comparison.rollout:
        yield "\n#### Order\n"
        yield from (f"{position}. {_cell(step)}" for position, step in enumerate(comparison.rollout, 1))


def _summary(comparison: Comparison) -> str:
    if comparison.refusals:
        return "**There is no plan yet**: the specification must say more."
    if not comparison.changes and not comparison.operations:
        return "No difference."
    parts = [counted(comparison.changes)] if comparison.changes else []
    if comparison.operations:
        parts.append(f"{number(len(comparison.operations), 'operation')} on the database")
    return f"Version: **{comparison.bump}**. {'; '.join(parts)}."


def _database(operations: Iterable[Operation], judgement: Judgement) -> Iterator[str]:
    found = tuple(operations)
    if not found:
        return
    yield f"\n#### Database: {number(len(found), 'operation')}\n"
    yield "| phase | operation | locks | hazards |"
    yield "|---|---|---|---|"
    for operation in found:
        hazards = "; ".join(
            f"**{hazard.code}** {_cell(hazard.message)}{_approved(judgement.of(hazard))}"
            for hazard in operation.hazards
        )
        yield f"| {operation.phase} | {_cell(operation.title)} | {_cell(locked(operation))} | {hazards} |"


def _changes(found: tuple[Change, ...], judgement: Judgement) -> Iterator[str]:
    grave = tuple(change for change in found if change.severity is not Severity.COMPATIBLE)
    rest = tuple(change for change in found if change.severity is Severity.COMPATIBLE)
    if grave:
        yield from _table(grave, judgement)
    if rest:
        yield f"\n<details><summary>{counted(rest)}</summary>\n"
        yield from _table(rest, judgement)
        yield "\n</details>"


def _table(found: Iterable[Change], judgement: Judgement) -> Iterator[str]:
    yield "| | where | what | instead |"
    yield "|---|---|---|---|"
    for change in found:
        where = place_of(change.origin)
        spot = f"`{_cell(change.place)}`" + (f"<br>{where}" if where else "")
        what = f"{_cell(change.message)}<br>`{change.code}`{_approved(judgement.of(change))}"
        yield f"| {change.severity} | {spot} | {what} | {_cell(change.help)} |"


def _approved(approval: Approval | None) -> str:
    if approval is None:
        return ""
    return f"<br>approved by {_cell(approval.approved_by)} until {approval.expires.isoformat()}: {_cell(approval.reason)}"


def _cell(text: str) -> str:
    """Text that cannot end a cell of a table, or open a tag."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
