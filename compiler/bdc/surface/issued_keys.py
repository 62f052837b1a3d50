"""Which rows callers make API keys for."""

from collections.abc import Iterator

from bdc.ir import Entity, Operation, SqlBody, SystemIR


def key_operations(system: SystemIR) -> Iterator[tuple[str, Operation]]:
    """Yield the operations on API keys of rows, each with what it does: `make`, `list` or `revoke`."""
    for api in system.apis:
        for resource in api.resources:
            for each in resource.custom:
                if isinstance(each.body, SqlBody) and each.body.keys is not None:
                    yield each.body.keys, each


def issuing(system: SystemIR) -> tuple[Entity, ...]:
    """Return the entities of a second identity whose rows are made keys over an api."""
    others = system.identity.others if system.identity is not None else ()
    found = {operation.entity for _, operation in key_operations(system)}
    return tuple(system.entity(each.entity) for each in others if each.entity in found)
