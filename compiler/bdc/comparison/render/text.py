"""For people: the gravest first, what to do instead, and the order of deployment."""

from collections.abc import Iterator

from bdc.changes import Change, Severity
from bdc.comparison.approvals import Approval, Judgement
from bdc.comparison.compare import Comparison
from bdc.comparison.render.sections import counted, locked, number, place_of, sections
from bdc.comparison.verdict import GateVerdict
from bdc.diagnostics.render.colour import COLOURED, PLAIN, Palette
from bdc.plan import Hazard, Operation
from bdc.plan.hazards import Level, level


def render_text(
    comparison: Comparison, judgement: Judgement, verdict: GateVerdict, *, colour: bool = False
) -> str:
    """Return the whole comparison."""
    palette = COLOURED if colour else PLAIN
    lines = [f"{palette.paint(palette.strong, comparison.old.label)} → {comparison.new.label}"]
    lines += comparison.notes
    lines += _database(comparison, judgement, palette)
    for title, found in sections(comparison.changes):
        lines += ["", f"{palette.paint(palette.strong, title)}  {counted(found)}"]
        for change in found:
            lines += _change(change, judgement.of(change), palette)
    lines += _rollout(comparison, palette)
    lines += ["", _last(comparison, verdict, palette)]
    return "\n".join(lines)


def _database(comparison: Comparison, judgement: Judgement, palette: Palette) -> Iterator[str]:
    found = comparison.operations
    if not found:
        return
    hazards = len(comparison.planned.hazards)
    dangers = f", {number(hazards, 'hazard')}" if hazards else ""
    yield ""
    yield f"{palette.paint(palette.strong, 'Database')}  {number(len(found), 'operation')}{dangers}"
    for operation in found:
        yield from _operation(operation, judgement, palette)


def _operation(operation: Operation, judgement: Judgement, palette: Palette) -> Iterator[str]:
    held = locked(operation)
    locks = palette.paint(palette.gutter, f"  locks {held}") if held else ""
    yield f"  {operation.phase:<9} {operation.title}{locks}"
    for hazard in operation.hazards:
        yield _hazard(hazard, judgement.of(hazard), palette)


def _hazard(hazard: Hazard, approval: Approval | None, palette: Palette) -> str:
    danger = level(hazard) is Level.DANGER
    name = palette.paint(palette.error if danger else palette.secondary, hazard.code)
    name += "" if danger else " (notice)"
    return f"            {name} {hazard.object}: {hazard.message}{_approved(approval, palette)}"


def _change(change: Change, approval: Approval | None, palette: Palette) -> Iterator[str]:
    severity = palette.paint(_colour(change.severity, palette), f"{change.severity:<10}")
    finding = f"  {palette.paint(palette.warning, 'security')}" if change.security else ""
    yield f"  {severity} {change.place}  {palette.paint(palette.gutter, change.code)}{finding}"
    where = place_of(change.origin)
    yield f"             {change.message}" + (f"  {palette.paint(palette.gutter, where)}" if where else "")
    if change.access is not None and change.access.surfaces:
        yield f"             reached by {', '.join(change.access.surfaces)}"
    if change.help and change.severity is not Severity.COMPATIBLE:
        yield f"             {palette.paint(palette.help, 'instead')}: {change.help}"
    if approval is not None:
        yield f"            {_approved(approval, palette)}"


def _approved(approval: Approval | None, palette: Palette) -> str:
    if approval is None:
        return ""
    until = approval.expires.isoformat()
    return palette.paint(
        palette.help, f" approved by {approval.approved_by} until {until}: {approval.reason}"
    )


def _colour(severity: Severity, palette: Palette) -> str:
    return {Severity.BREAKING: palette.error, Severity.RISKY: palette.warning}.get(
        severity, palette.secondary
    )


def _rollout(comparison: Comparison, palette: Palette) -> Iterator[str]:
    if not comparison.rollout:
        return
    yield ""
    yield palette.paint(palette.strong, "Order")
    for position, step in enumerate(comparison.rollout, 1):
        yield f"  {position}. {step}"


def _last(comparison: Comparison, verdict: GateVerdict, palette: Palette) -> str:
    gate = palette.paint(palette.error if verdict.fails else palette.help, verdict.reason)
    if comparison.refusals:
        return gate
    if not comparison.changes and not comparison.operations:
        return "no difference"
    return f"version: {palette.paint(palette.strong, str(comparison.bump))}; {gate}"
