"""The entity-relationship diagram: a box per entity, a line per reference."""

from bdc.diagrams.canvas import MARGIN, SOFT, TINT, Box, Canvas, text_width
from bdc.diagrams.layers import layers
from bdc.diagrams.routes import Point, Routes, rounded
from bdc.ir import (
    ArrayType,
    CollectionField,
    ComputedField,
    Entity,
    EntityField,
    ReferenceField,
    ScalarType,
    SystemIR,
)
from bdc.source.records import dataclass

ROW = 18
HEAD = 26
GAP_X, GAP_Y = 110, 34
FIELDS = 14  # rows of a box; the rest is counted
MOST_COLUMNS = 8
COLUMN = 1400  # height at which a column goes on beside itself


@dataclass(frozen=True, slots=True)
class _Shape:
    """A box before it has a place: its rows as (field name, what it is)."""

    entity: Entity
    rows: tuple[tuple[str, str], ...]
    width: float

    @property
    def height(self) -> float:
        return HEAD + ROW * len(self.rows) + 8

    def row_y(self, box: Box, name: str) -> float:
        names = [row[0] for row in self.rows]
        return box.y + HEAD + ROW * (names.index(name) + 0.5) if name in names else box.bottom - ROW / 2


@dataclass(frozen=True, slots=True)
class EntityLayout:
    """Where each box stands, and the corners of each line: entity, field, and whether the reference may be null."""

    boxes: dict[str, Box]
    lines: tuple[tuple[str, str, bool, tuple[Point, ...]], ...]


def entity_diagram(system: SystemIR) -> str:
    """Return the SVG. Lines to the tenant root are left out: every row of a tenant has one."""
    shapes = {entity.name: _shape(entity) for entity in system.entities}
    layout = entity_layout(system, shapes)
    canvas = Canvas(f"Entities of {system.title}")
    for name, shape in shapes.items():
        _draw(canvas, shape, layout.boxes[name])
    for _, _, nullable, points in layout.lines:
        canvas.line(rounded(points), marker="many", dashed=nullable)
        canvas.reach(max(x for x, _ in points), max(y for _, y in points))
    return canvas.svg()


def entity_layout(system: SystemIR, shapes: "dict[str, _Shape] | None" = None) -> EntityLayout:
    """Return the places of boxes and lines: a line passes behind no box."""
    shapes = shapes or {entity.name: _shape(entity) for entity in system.entities}
    targets = {entity.name: [field.target for field in _references(entity)] for entity in system.entities}
    boxes = _place(shapes, _merged(layers(list(shapes), targets)))
    routes = Routes(boxes.values(), MARGIN / 2)
    lines = [
        (name, field.name, field.nullable, _line(routes, shape, field, boxes))
        for name, shape in shapes.items()
        for field in _references(shape.entity)
        if field.target in boxes
    ]
    return EntityLayout(boxes, tuple(lines))


def _merged(columns: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Return at most `MOST_COLUMNS` columns: a long chain of references goes on below itself."""
    if len(columns) <= MOST_COLUMNS:
        return columns
    merged: list[list[str]] = [[] for _ in range(MOST_COLUMNS)]
    for number, column in enumerate(columns):
        merged[number * MOST_COLUMNS // len(columns)].extend(column)
    return tuple(tuple(column) for column in merged)


def _line(routes: Routes, shape: _Shape, field: ReferenceField, boxes: dict[str, Box]) -> tuple[Point, ...]:
    """Return a line from the row that is referred to, to the field that refers: one to many."""
    box, other = boxes[shape.entity.name], boxes[field.target]
    return routes.between(other, other.y + (HEAD - 2) / 2, box, shape.row_y(box, field.name))


def _references(entity: Entity) -> tuple[ReferenceField, ...]:
    return tuple(field for field in entity.fields if isinstance(field, ReferenceField) and not field.tenant)


def _shape(entity: Entity) -> _Shape:
    rows = [
        (field.name, _kind(entity, field))
        for field in entity.fields
        if not isinstance(field, CollectionField)
    ]
    if len(rows) > FIELDS:
        rows = [*rows[: FIELDS - 1], ("", f"and {len(rows) - FIELDS + 1} more")]
    widest = max([len(name) + len(kind) + 3 for name, kind in rows] + [len(entity.name) + 2])
    return _Shape(entity, tuple(rows), text_width("m" * widest) + 16)


def _kind(entity: Entity, field: EntityField) -> str:
    mark = " key" if field.name in entity.key else ""
    if isinstance(field, ReferenceField | CollectionField):
        return f"→ {field.target}{'?' if getattr(field, 'nullable', False) else ''}{mark}"
    logical = field.type
    array = isinstance(logical, ArrayType)
    inner = logical.item if isinstance(logical, ArrayType) else logical
    name = (
        (inner.alias or inner.scalar.value) if isinstance(inner, ScalarType) else getattr(inner, "name", "")
    )
    computed = " computed" if isinstance(field, ComputedField) else ""
    return f"{name}{'[]' if array else ''}{'?' if field.nullable else ''}{mark}{computed}"


def _place(shapes: dict[str, _Shape], columns: tuple[tuple[str, ...], ...]) -> dict[str, Box]:
    places: dict[str, Box] = {}
    x = float(MARGIN)
    for column in columns:
        y, widest = float(MARGIN), 0.0
        for name in column:
            shape = shapes[name]
            if y > MARGIN and y + shape.height > COLUMN:
                x, y, widest = x + widest + GAP_X, float(MARGIN), 0.0
            places[name] = Box(x, y, shape.width, shape.height)
            y += shape.height + GAP_Y
            widest = max(widest, shape.width)
        x += widest + GAP_X
    return places


def _draw(canvas: Canvas, shape: _Shape, box: Box) -> None:
    canvas.box(box)
    canvas.box(Box(box.x, box.y, box.width, HEAD - 2), fill=TINT)
    canvas.text(box.x + 8, box.y + 16, shape.entity.name, bold=True)
    for position, (name, kind) in enumerate(shape.rows):
        base = box.y + HEAD + ROW * position + 13
        canvas.text(box.x + 8, base, name)
        canvas.text(box.right - 8, base, kind, fill=SOFT, anchor="end")
