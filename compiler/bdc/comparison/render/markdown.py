"""For a pull request: what a reviewer must see is open, the rest is folded."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from bdc.changes import Change, Severity
from bdc.comparison.approvals import Approval, Judgement
from bdc.comparison.compare import Comparison
from bdc.comparison.render.approving import entries
from bdc.comparison.render.sections import counted, locked, number, place_of, sections
from bdc.comparison.verdict import GateVerdict
from bdc.diagnostics import Diagnostic
from bdc.plan import Hazard, Operation
from bdc.plan.hazards import Level, level

DAYS = 30  # how long an approval that is pasted holds


def render_markdown(
    comparison: Comparison, judgement: Judgement, verdict: GateVerdict, today: date | None = None
) -> str:
    """Return a comment for a pull request. `today`: the approvals that it suggests hold for thirty days."""
    until = (today or date.today()) + timedelta(days=DAYS)
    return "\n".join((*_lines(comparison, judgement, verdict), *_approving(verdict, judgement, until))) + "\n"


def render_broken(label: str, found: Iterable[Diagnostic]) -> str:
    """Return the comment for a side that cannot be read."""
    lines = [f"- **{each.code}** {_cell(each.message)}" for each in found]
    return "\n".join((f"### **fails**: `{label}` cannot be read", "", *lines)) + "\n"


def _approving(verdict: GateVerdict, judgement: Judgement, until: date) -> Iterator[str]:
    """Yield what would let it pass: entries of approvals.toml."""
    if verdict.refused or not verdict.open or verdict.release:
        return
    yield "\n<details><summary>To approve, add to `approvals.toml` beside the specification</summary>\n"
    yield "```toml"
    yield "\n\n".join(entries(verdict, judgement, until))
    yield "```"
    yield "\n</details>"


def _lines(comparison: Comparison, judgement: Judgement, verdict: GateVerdict) -> Iterator[str]:
    yield f"### `{comparison.old.label}` → `{comparison.new.label}`"
    yield ""
    yield _verdict(verdict)
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


def _verdict(verdict: GateVerdict) -> str:
    word, _, rest = verdict.reason.partition(":")
    return f"**{word}**:{_cell(rest) and ' ' + _cell(rest)}"


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
            f"{_code(hazard)} {_cell(hazard.message)}{_approved(judgement.of(hazard))}"
            for hazard in operation.hazards
        )
        yield f"| {operation.phase} | {_cell(operation.title)} | {_cell(locked(operation))} | {hazards} |"


def _code(hazard: Hazard) -> str:
    return f"**{hazard.code}**" if level(hazard) is Level.DANGER else f"{hazard.code} (notice)"


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
        finding = " (security)" if change.security else ""
        surfaces = (
            f"<br>{_cell(', '.join(change.access.surfaces))}"
            if change.access and change.access.surfaces
            else ""
        )
        what = (
            f"{_cell(change.message)}{surfaces}<br>`{change.code}`{finding}{_approved(judgement.of(change))}"
        )
        yield f"| {change.severity} | {spot} | {what} | {_cell(change.help)} |"


def _approved(approval: Approval | None) -> str:
    if approval is None:
        return ""
    return f"<br>approved by {_cell(approval.approved_by)} until {approval.expires.isoformat()}: {_cell(approval.reason)}"


def _cell(text: str) -> str:
    """Text that cannot end a cell of a table, or open a tag."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
