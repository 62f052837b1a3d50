"""Python: two operations with user code have two files."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.ir import SystemIR
from bdc.surface.names import handler_module, operations
from bdc.targets.facts import HandlerFileClash, Thing
from bdc.targets.places import Places


def handler_clashes(places: Places, system: SystemIR) -> Iterator[Fact]:
    """Yield operations whose code would stand in one file: the file of the one would run for the other."""
    seen: dict[str, Thing] = {}
    for entity, operation in operations(system):
        if operation.body.kind != "handler":
            continue
        module = handler_module(entity, operation.name)
        name = f"{entity}.{operation.name}" if entity else operation.name
        thing = Thing(f"the handler of `{name}`", places.operation(entity, operation.name).span)
        first = seen.setdefault(module, thing)
        if first is not thing:
            yield HandlerFileClash(
                *("file", f"services/business/{module}.py", first, thing),
                help="rename one of the operations; `@http` and `@graphql` keep the names that callers know",
            )
