"""The permission matrix as a picture: a row for each entity and action, a column for each role."""

from bdc.diagrams.canvas import ACCENT, INK, LINE, MARGIN, PAPER, SOFT, TINT, Box, Canvas, text_width
from bdc.ir import SystemIR
from bdc.policy.matrix import MatrixRow, Verdict, matrix_of

ROW, CELL = 20, 26.0
_FILLS = {Verdict.ALWAYS: ACCENT, Verdict.CONDITIONALLY: "#9ccbe8", Verdict.NEVER: PAPER}


def permission_diagram(system: SystemIR) -> str:
    """Return the SVG: filled cells are allowed always, light ones on a condition, empty ones never."""
    matrix = matrix_of(system)
    roles = tuple(dict.fromkeys(row.role for row in matrix.rows))
    names = list(dict.fromkeys((row.entity or "operations", row.action) for row in matrix.rows))
    left = MARGIN + max((text_width(f"{entity}  {action}") for entity, action in names), default=80) + 24
    columns = _columns(roles, left)
    canvas = Canvas(f"Permissions of {system.title}")
    for role, x in columns.items():
        canvas.text(x, MARGIN + 12, role, fill=SOFT)
    cells = {(row.entity or "operations", row.action, row.role): row for row in matrix.rows}
    y, before = float(MARGIN + 24), ""
    for entity, action in names:
        y += 10 if entity != before else 0
        canvas.text(MARGIN, y + 14, entity if entity != before else "", bold=True)
        canvas.text(left - 16, y + 14, action, fill=INK, anchor="end")
        for role, x in columns.items():
            _cell(canvas, cells.get((entity, action, role)), x, y)
        y, before = y + ROW, entity
    _legend(canvas, y + 16)
    return canvas.svg()


def _columns(roles: tuple[str, ...], left: float) -> dict[str, float]:
    found: dict[str, float] = {}
    for role in roles:
        found[role] = left
        left += max(CELL, text_width(role)) + 14
    return found


def _cell(canvas: Canvas, row: MatrixRow | None, x: float, y: float) -> None:
    fill = TINT if row is None else _FILLS[row.verdict]
    canvas.box(Box(x, y + 2, CELL, ROW - 4), fill=fill, stroke=LINE, radius=3)


def _legend(canvas: Canvas, y: float) -> None:
    x = float(MARGIN)
    for verdict, fill in _FILLS.items():
        canvas.box(Box(x, y, CELL, ROW - 4), fill=fill, radius=3)
        canvas.text(x + CELL + 8, y + 13, verdict.value)
        x += CELL + text_width(verdict.value) + 32
