"""Lists in the order of a distance: whether there is one, by what, and what callers give for it."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Resource
from bdc.surface.nearest import numbers_of

KEEP = "Keep it until no client sends it: an unknown query parameter is answered with 400."


def nearest_changes(sides: Sides, old: Resource, new: Resource, where: str) -> Iterator[Change]:
    """Yield what a caller who asks for the nearest rows finds otherwise."""
    before, after = old.nearest, new.nearest
    spot = f"{where} ?nearest"
    if before is not None and after is None:
        message = "the list no longer comes by distance: `?nearest` is refused"
        yield Change("rest.filter-removed", spot, message, KEEP, new.origin)
    elif before is None and after is not None:
        message = f"the list can come by how near `{after.field}` is"
        yield Change("rest.filter-added", spot, message, origin=new.origin)
    elif before is not None and after is not None:
        if (before.field, before.measure) != (sides.renames.field(new.entity, after.field), after.measure):
            message = f"what is near is told by {after.field} ({after.measure}) instead of {before.field} ({before.measure})"
            yield Change("rest.order-changed", spot, message, origin=new.origin)
        numbers = numbers_of(sides.old, old), numbers_of(sides.new, new)
        if numbers[0] != numbers[1]:
            message = f"`nearest` takes {numbers[1]} numbers instead of {numbers[0]}"
            yield Change("rest.parameter-type-changed", spot, message, origin=new.origin)
