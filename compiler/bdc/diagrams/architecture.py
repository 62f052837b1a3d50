"""What runs, and what speaks to what: clients, the service, PostgreSQL, and what the specification names beside them."""

from itertools import pairwise

from bdc.diagrams.canvas import MARGIN, SOFT, TINT, Box, Canvas, text_width
from bdc.diagrams.routes import Point, Routes, rounded
from bdc.ir import SystemIR

Part = tuple[str, str]  # name, what it is
HEIGHT, GAP_X, GAP_Y = 52.0, 150, 36


def parts(system: SystemIR) -> tuple[tuple[Part, ...], tuple[tuple[str, str, str], ...]]:
    """Return the parts of a system in three columns (clients, services, stores) and `(from, to, words)` between them."""
    services = [(f"{api.name} service", f"REST {api.path}") for api in system.apis]
    callers: list[Part] = [("clients", "REST, GraphQL")]
    stores: list[Part] = [("PostgreSQL", f"{len(system.tables)} tables, row level security")]
    lines = [("clients", name, "tokens") for name, _ in services]
    lines += [(name, "PostgreSQL", "one statement") for name, _ in services]
    if system.identity is not None:
        stores.append(("identity provider", "keys of tokens (JWKS)"))
        lines += [(name, "identity provider", "keys") for name, _ in services]
    if system.events:
        stores.append(("outbox", f"{len(system.events)} events"))
        lines.append(("PostgreSQL", "outbox", "same transaction"))
    callers.append(("operators", "metrics, logs, traces"))
    lines += [("operators", name, "watch") for name, _ in services]
    return (*callers, *services, *stores), tuple(lines)


def architecture_diagram(system: SystemIR) -> str:
    """Return the SVG."""
    found, lines = parts(system)
    columns = _columns(found, {name for name, _ in found if name.endswith(" service")})
    boxes = _place(columns)
    canvas = Canvas(f"Architecture of {system.title}")
    routes = Routes(boxes.values(), MARGIN / 2)
    about = dict(found)
    for name, box in boxes.items():
        canvas.box(box, fill=TINT)
        canvas.text(box.x + 10, box.y + 21, name, bold=True)
        canvas.text(box.x + 10, box.y + 39, about[name], fill=SOFT)
        canvas.keep_clear(box)
    for number, (source, target, words) in enumerate(lines):
        start, end = boxes[source], boxes[target]
        offset = 14.0 + number * 7 % 24
        points = routes.between(start, start.y + offset, end, end.y + offset)
        canvas.line(rounded(points), marker="arrow")
        longest = max(pairwise(points), key=lambda ends: _length(*ends))
        canvas.label((longest[0][0] + longest[1][0]) / 2, (longest[0][1] + longest[1][1]) / 2, words)
        canvas.reach(*routes.lowest(points))
    return canvas.svg()


def _length(start: Point, end: Point) -> float:
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def _columns(found: tuple[Part, ...], services: set[str]) -> list[list[Part]]:
    first = [each for each in found if each[0] in ("clients", "operators")]
    middle = [each for each in found if each[0] in services]
    last = [each for each in found if each not in first and each not in middle]
    return [column for column in (first, middle, last) if column]


def _place(columns: list[list[Part]]) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    x = float(MARGIN)
    for column in columns:
        width = max(text_width(max(part, key=len)) for part in column) + 24
        for row, (name, _) in enumerate(column):
            boxes[name] = Box(x, MARGIN + row * (HEIGHT + GAP_Y), width, HEIGHT)
        x += width + GAP_X
    return boxes
