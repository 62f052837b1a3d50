"""Lists in the order of a distance: the vector of a row, and how far it is from one that the caller gives."""

from collections.abc import Iterable, Iterator

from bdc.ir import Entity, Resource, ScalarField
from bdc.ir.compiled import ALIAS, PARAMETER
from bdc.ir.physical import MEASURES
from bdc.query.names import column_text
from bdc.query.types import sql_type
from bdc.surface.nearest import order_name


def nearest(entity: Entity, resources: Iterable[Resource]) -> Iterator[tuple[str, str, str]]:
    """Yield each order once: its name, the vector, and the distance over `«a»` and `«p»`, a text."""
    orders = {order_name(each.nearest): each.nearest for each in resources if each.nearest is not None}
    for name, order in orders.items():
        field = entity.field(order.field)
        if not isinstance(field, ScalarField):
            raise TypeError(f"{entity.name}.{order.field} is no vector")
        vector = column_text(ALIAS, field.column)
        given = f"{PARAMETER}::text::{sql_type(field.type)}"
        yield name, vector, f"({vector} {MEASURES[order.measure]} {given})"
