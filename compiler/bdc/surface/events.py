"""Events on the surface: the operations that emit them."""

from collections.abc import Iterator

from bdc.ir import Operation, SystemIR


def emitting_operations(system: SystemIR) -> Iterator[Operation]:
    """Yield the operations that emit an event, in the order of the apis."""
    for api in system.apis:
        of_rows = (each for resource in api.resources for each in resource.custom)
        yield from (each for each in (*of_rows, *api.operations) if each.emits)
