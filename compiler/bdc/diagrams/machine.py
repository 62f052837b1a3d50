"""A state machine: states from the first to the last, arrows named by the operations that take them."""

from bdc.diagrams.canvas import (
    ACCENT,
    INK,
    MARGIN,
    TINT,
    Box,
    Canvas,
    curve,
    straight,
    text_width,
)
from bdc.ir import Machine, SystemIR, label_of

HEIGHT = 36
GAP_X, GAP_Y = 120, 64

Arrow = tuple[str, str, str]


def machine_diagram(system: SystemIR, machine: Machine) -> str:
    """Return the SVG of one machine; every value of its enum is there, reached or not."""
    states = _states(system, machine)
    arrows = _arrows(machine)
    columns = _columns(states, arrows, machine.initial or states[0])
    canvas = Canvas(f"States of {machine.entity}.{machine.field}")
    places = _place(columns)
    for name, box in places.items():
        first = name == machine.initial
        canvas.box(box, fill=TINT, stroke=ACCENT if first else INK, radius=16)
        x, y = box.centre
        canvas.text(x, y + 4, name, bold=first, anchor="middle")
        canvas.keep_clear(box)
    for source, target, words in arrows:
        _draw(canvas, places[source], places[target], words)
    return canvas.svg()


def _states(system: SystemIR, machine: Machine) -> list[str]:
    named = getattr(getattr(system.entity(machine.entity).field(machine.field), "type", None), "name", None)
    if named is not None:
        return [label_of(value) for value in system.enum(named).values]
    found = [state for step in machine.transitions for state in (*step.sources, step.target)]
    return list(dict.fromkeys(found))


def _arrows(machine: Machine) -> list[Arrow]:
    """One arrow per pair of states, with all the operations that take it."""
    found: dict[tuple[str, str], list[str]] = {}
    for step in machine.transitions:
        for source in step.sources:
            found.setdefault((source, step.target), []).append(step.operation or "update")
    return [(source, target, ", ".join(dict.fromkeys(names))) for (source, target), names in found.items()]


def _columns(states: list[str], arrows: list[Arrow], first: str) -> list[list[str]]:
    """States by how many steps they are from the first; those that nothing leads to come last."""
    depth = {first: 0}
    waiting = [first]
    while waiting:
        state = waiting.pop(0)
        for source, target, _ in arrows:
            if source == state and target not in depth:
                depth[target] = depth[state] + 1
                waiting.append(target)
    last = max(depth.values()) + 1
    columns: list[list[str]] = [[] for _ in range(last + 1)]
    for state in states:
        columns[depth.get(state, last)].append(state)
    return [column for column in columns if column]


def _place(columns: list[list[str]]) -> dict[str, Box]:
    places = {}
    x = float(MARGIN)
    for column in columns:
        width = max(text_width(name) for name in column) + 36
        for row, name in enumerate(column):
            places[name] = Box(x, MARGIN + row * (HEIGHT + GAP_Y), width, float(HEIGHT))
        x += width + GAP_X
    return places


def _draw(canvas: Canvas, source: Box, target: Box, words: str) -> None:
    (x1, y1), (x2, y2) = source.centre, target.centre
    if source is target:
        top = source.y - 18
        canvas.line(
            f"M {x1 - 12} {source.y} C {x1 - 24} {top}, {x1 + 24} {top}, {x1 + 12} {source.y}", marker="arrow"
        )
        canvas.label(x1, top, words)
    elif source.x == target.x:
        down = y2 > y1
        start, end = (x1, source.bottom if down else source.y), (x1, target.y if down else target.bottom)
        canvas.line(straight(start, end), marker="arrow")
        canvas.label(x1, (start[1] + end[1]) / 2, words)
    elif x2 > x1:
        start, end = (source.right, y1), (target.x, y2)
        canvas.line(curve(start, end, 30), marker="arrow")
        canvas.label((start[0] + end[0]) / 2, (y1 + y2) / 2, words)
    else:
        _back(canvas, source, target, words)


def _back(canvas: Canvas, source: Box, target: Box, words: str) -> None:
    """An arrow to an earlier state goes round below."""
    (x1, _), (x2, _) = source.centre, target.centre
    low = max(source.bottom, target.bottom) + 44
    canvas.line(f"M {x1} {source.bottom} C {x1} {low}, {x2} {low}, {x2} {target.bottom}", marker="arrow")
    canvas.label((x1 + x2) / 2, low - 11, words)
