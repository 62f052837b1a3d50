"""Rows of seeds and tests that refer to a row by a key of several fields: `flight: f1` gives the fields that carry the reference."""

from collections.abc import Callable, Iterator

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.types import MissingMember
from bdc.model.nodes.behaviour import Assignment, Row
from bdc.model.nodes.entity import ReferenceField, ScalarField
from bdc.source import Span
from bdc.source.records import dataclass

Look = Callable[[str], "Row | None"]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where values are looked for: `look` finds a row by its name; `seed` is written before the names of another seed's rows."""

    context: ResolveContext
    look: Look
    span: Span
    seed: str = ""

    def row(self, path: ir.Path) -> "tuple[_Place, Row | None]":
        name = path.name or ""
        seed, _, own = name.rpartition(".")
        if not seed:
            return self, self.look(name)
        found = self.context.seeds.get(seed)
        rows = {each.name: each for each in found.rows} if found is not None else {}
        return _Place(self.context, rows.get, self.span, seed), rows.get(own)


def with_carried(context: ResolveContext, row: Row, look: Look) -> Row:
    """Return the row with a value for each field that carries a reference which was given as a row. What is written itself comes first.
    The reference stays: it says which row is made before this one."""
    given = {each.field for each in row.values}
    more = [
        found
        for each in row.values
        for found in _carried(_Place(context, look, each.span), row.entity, each)
        if found.field not in given
    ]
    return Row(row.name, row.entity, (*row.values, *more), row.span)


def carriers_of(context: ResolveContext, entity: str, names: set[str]) -> set[str]:
    """Return the fields that get their values with the named references."""
    fields = (context.entities[entity].find(name) for name in names)
    return {name for field in fields if isinstance(field, ReferenceField) for name in field.carriers}


def _carried(place: _Place, entity: str, one: Assignment) -> Iterator[Assignment]:
    field = place.context.entities[entity].find(one.field)
    if not isinstance(field, ReferenceField) or not _is_row(one.value):
        return
    assert isinstance(one.value, ir.Path)
    for carrier, goal in zip(field.carriers, field.goals, strict=True):
        value = _part(place, one.value, goal)
        if value is not None:
            yield Assignment(carrier, value, one.span)


def _is_row(value: ir.Expr) -> bool:
    return isinstance(value, ir.Path) and value.root is ir.Root.SCENARIO and not value.steps


def _part(place: _Place, path: ir.Path, column: str) -> ir.Expr | None:
    """Return what the row has in a column; None where it cannot be known, which is reported."""
    there, row = place.row(path)
    if row is None:
        return None  # reported where the name stands
    entity = place.context.entities[row.entity]
    field = next(
        each
        for each in entity.fields
        if isinstance(each, ScalarField | ReferenceField) and each.column == column and not _is_carried(each)
    )
    name = field.name
    value = next((each.value for each in row.values if each.field == name), None)
    if value is None:
        carried = (each for one in row.values for each in _carried(there, row.entity, one))
        value = next((each.value for each in carried if each.field == name), None)
    if value is None and isinstance(field.default, ir.Literal):
        value = field.default
    if value is None and (entity.key == (name,) or (name in entity.key and _is_uuid(field))):
        return path  # the key that is made for the row
    if value is None:
        place.context.report(MissingMember(f"row `{path.name}`, which another row names,", (name,), row.span))
        return None
    return _seen_from(there, value)


def _is_uuid(field: ScalarField | ReferenceField) -> bool:
    return isinstance(field, ScalarField) and field.type == ir.ScalarType(scalar=ir.Scalar.UUID)


def _is_carried(field: ScalarField | ReferenceField) -> bool:
    return isinstance(field, ReferenceField) and bool(field.carriers)


def _seen_from(place: _Place, value: ir.Expr) -> ir.Expr:
    """Return the value as the first row says it: the key of a row as it is given, else the row, by its whole name."""
    if not _is_row(value):
        return value
    assert isinstance(value, ir.Path) and isinstance(value.type, ir.EntityType)
    there, row = place.row(value)
    key = place.context.entities[value.type.name].key
    given = (
        next((each.value for each in row.values if (each.field,) == key), None) if row is not None else None
    )
    if given is not None:
        return _seen_from(there, given)
    whole = value.name if "." in (value.name or "") or not place.seed else f"{place.seed}.{value.name}"
    return value.model_copy(update={"name": whole})
