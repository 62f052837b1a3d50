"""The entity-relationship diagram: a box per entity, a line per reference."""

from dataclasses import dataclass

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
from bdc_emitters.documentation.diagrams.canvas import MARGIN, SOFT, TINT, Box, Canvas, curve, text_width
from bdc_emitters.documentation.diagrams.layers import layers

ROW = 18
HEAD = 26
GAP_X, GAP_Y = 90, 28
FIELDS = 14  # rows of a box; the rest is counted
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


def entity_diagram(system: SystemIR) -> str:
    """Return the SVG. Lines to the tenant root are left out: every row of a tenant has one."""
    shapes = {entity.name: _shape(entity) for entity in system.entities}
    targets = {entity.name: [field.target for field in _references(entity)] for entity in system.entities}
    places = _place(shapes, layers(list(shapes), targets))
    canvas = Canvas(f"Entities of {system.title}")
    for name, shape in shapes.items():
        _draw(canvas, shape, places[name])
        for field in _references(shape.entity):
            _connect(canvas, shape, field, places[name], places[field.target], shapes[field.target])
    return canvas.svg()


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
                x, y, widest = x + widest + GAP_X / 2, float(MARGIN), 0.0
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


def _connect(
    canvas: Canvas, shape: _Shape, field: ReferenceField, box: Box, other: Box, target: _Shape
) -> None:
    """Draw from the row that is referred to, to the field that refers: one to many."""
    y = shape.row_y(box, field.name)
    head = other.y + (HEAD - 2) / 2
    if target.entity is shape.entity:
        bend = box.right + 30
        canvas.line(f"M {box.right} {head} C {bend} {head}, {bend} {y}, {box.right} {y}", marker="many")
        canvas.reach(bend, y)
        return
    forward = other.right <= box.x
    start = (other.right if forward else other.x, head)
    end = (box.x if forward else box.right, y)
    canvas.line(curve(start, end), marker="many", dashed=field.nullable)
