"""`nearest`: a list in the order of a distance, which each row tells on request (`?_distance=true`, or the field in GraphQL)."""

from bdc.ir import Nearest, Resource, SystemIR, vector_length

NEAREST = "nearest"
DISTANCE = "_distance"


def order_name(order: Nearest) -> str:
    """Return what tells an order from others of the same rows."""
    return f"{order.field} {order.measure}"


def numbers_of(system: SystemIR, resource: Resource) -> int:
    """Return how many numbers a caller gives; 0 where lists of a resource have no such order."""
    if resource.nearest is None:
        return 0
    return (
        vector_length(getattr(system.entity(resource.entity).field(resource.nearest.field), "type", None))
        or 0
    )


def tells_distance(system: SystemIR, entity: str) -> bool:
    """Say whether rows of `entity` tell how far they are in some list."""
    resources = (each for api in system.apis for each in api.resources if each.entity == entity)
    return any(each.nearest is not None for each in resources)
