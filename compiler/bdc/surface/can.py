"""`_can`: a member that rows have when a request asks for it (`?_can=true`, or the field in GraphQL), where a resource is marked `@can`."""

from collections.abc import Iterable

from bdc.ir import Resource, SystemIR
from bdc.ir.restoring import restores

CAN = "_can"
_VERBS = ("update", "delete")


def actions_of(resource: Resource) -> tuple[str, ...]:
    """Return what can be done with one row of a resource, by the names of its operations."""
    return (
        *(verb for verb in _VERBS if verb in resource.operations),
        *(each.name for each in resource.custom if not restores(each)),
    )


def offered(resources: Iterable[Resource]) -> dict[str, Resource]:
    """Return the actions that `_can` tells of, each with the resource that offers it; nothing where none is marked."""
    marked = [each for each in resources if each.can]
    return {name: resource for resource in reversed(marked) for name in actions_of(resource)}


def can_of(system: SystemIR, entity: str) -> tuple[str, ...]:
    """Return the members of `_can` in rows of `entity`, () where rows have none."""
    resources = (each for api in system.apis for each in api.resources if each.entity == entity)
    return tuple(offered(resources))
