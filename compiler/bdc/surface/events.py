"""Events on the surface: the operations that emit them."""

from collections.abc import Iterator

from bdc.ir import Hook, Operation, SystemIR


def emitting_operations(system: SystemIR) -> Iterator[Operation | Hook]:
    """Yield the operations that emit an event, in the order of the apis; of generated ones their hooks."""
    for api in system.apis:
        acting: list[Operation | Hook] = []
        for resource in api.resources:
            acting += [*resource.hooks, *resource.custom]
        yield from (each for each in (*acting, *api.operations) if each.emits)
