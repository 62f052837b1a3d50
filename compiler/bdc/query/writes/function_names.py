"""What the function of each write is called in the schema of its release: every name once."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.ir.bulk import bulk_operations, many
from bdc.ir.remembering import per_system
from bdc.naming.distinct import distinct
from bdc.naming.sql import fitted
from bdc.query.names import plain
from bdc.surface.names import operations

FunctionKey = tuple[str | None, str, str]
_WRITES = ("create", "update", "delete")
_HALVES = ("begin", "finish")


@per_system
def function_names(system: SystemIR) -> dict[FunctionKey, str]:
    """Return the name by entity, operation and half: `order_create`, `order_pay_begin`; '' where it has no halves."""
    return distinct(_wanted(system), fitted=fitted)


def _wanted(system: SystemIR) -> Iterator[tuple[FunctionKey, str]]:
    for api in system.apis:
        for resource in api.resources:
            table = plain(system.entity(resource.entity).table)
            yield from (
                ((resource.entity, verb, ""), f"{table}_{verb}")
                for verb in resource.offered
                if verb in _WRITES
            )
            yield from (
                ((resource.entity, many(name), ""), f"{table}_{name}_many")
                for name in bulk_operations(resource, system.entity(resource.entity))
            )
    for entity, operation in operations(system):
        name = plain(operation.name)
        if entity is not None:
            name = f"{plain(system.entity(entity).table)}_{name}"
        parts = _HALVES if operation.body.kind == "handler" else ("",)
        yield from (((entity, operation.name, part), f"{name}_{part}" if part else name) for part in parts)
