"""What tests give to calls of other services."""

from typing import Any

from bdc.ir import SystemIR
from bdc.surface.examples import Examples


def external_arguments(system: SystemIR) -> dict[str, Any]:
    """Return arguments that each operation accepts, by `Mail.send`."""
    examples = Examples(system)
    return {
        f"{external.name}.{operation.name}": {
            each.name: examples.value(each.type, each.name) for each in operation.parameters
        }
        for external in system.externals
        for operation in external.operations
    }
