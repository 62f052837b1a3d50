"""The order of lists, and how old what they show may be."""

from collections.abc import Iterator
from math import inf

from bdc.changes.behaviour.pairs import EntityPair, entity_pairs, field_pairs
from bdc.changes.change import Change
from bdc.changes.sides import Sides, match
from bdc.ir import Call, EntityField, EnumType, ScalarField, View


def list_changes(sides: Sides) -> Iterator[Change]:
    """Yield the lists whose order changes: the default order by key, or the order of a sort field."""
    yield from _age(sides)
    for pair in entity_pairs(sides):
        for old, new in field_pairs(sides, pair):
            if not (isinstance(old, ScalarField) and isinstance(new, ScalarField)):
                continue
            if new.name in pair.new.key and _generator(old) != _generator(new):
                message = f"new keys of {pair.new.name} come from {_generator(new)} instead of {_generator(old)}: a list without an order shows rows in another one"
                yield Change(
                    "behaviour.order-changed", f"{pair.new.name}.{new.name}", message, origin=new.origin
                )
            if _collation(pair, old, new=False) != _collation(pair, new, new=True):
                message = f"{pair.new.name} is sorted by `{new.name}` under another collation"
                yield Change(
                    "behaviour.order-changed", f"{pair.new.name}.{new.name}", message, origin=new.origin
                )
            yield from _ranked(sides, pair, old, new)


def _age(sides: Sides) -> Iterator[Change]:
    """Rows of a materialized view are as old as its last refresh; those of others are never old."""
    for old, new in match(sides.old.views, sides.new.views, lambda view: view.entity.name).both:
        was, now = _oldest(old), _oldest(new)
        if now > was:
            age = "of any age: it is refreshed by hand" if now == inf else f"up to {now:g} seconds old"
            message = f"rows of {new.entity.name} may be {age}"
            yield Change("behaviour.view-staler", new.entity.name, message, origin=new.entity.origin)


def _oldest(view: View) -> float:
    if not view.materialized:
        return 0
    return inf if view.refresh is None else view.refresh


def _generator(field: ScalarField) -> str:
    return field.default.function if isinstance(field.default, Call) else "the caller"


def _collation(pair: EntityPair, field: EntityField, *, new: bool) -> str | None:
    table = pair.new_table if new else pair.old_table
    name = getattr(field, "column", None)
    return next((column.collation for column in table.columns if column.name == name), None)


def _ranked(sides: Sides, pair: EntityPair, old: ScalarField, new: ScalarField) -> Iterator[Change]:
    """Values of a native enum sort in the order in which they are declared."""
    if not (isinstance(old.type, EnumType) and isinstance(new.type, EnumType)):
        return
    before, after = sides.old.enum(old.type.name), sides.new.enum(new.type.name)
    if before.native is None or after.native is None:
        return
    names = [sides.renames.value(after.name, value.name) for value in after.values]
    known = {value.name for value in before.values}
    if [name for name in names if name in known] != [
        value.name for value in before.values if value.name in names
    ]:
        message = f"the values of {after.name} have another order, by which {pair.new.name} is sorted by `{new.name}`"
        yield Change(
            "behaviour.order-changed", f"{pair.new.name}.{new.name} values", message, origin=new.origin
        )
