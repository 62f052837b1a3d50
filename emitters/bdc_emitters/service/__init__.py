"""The running service: Python on Starlette and Granian, over compiled statements.

What comes in: the IR and the compiled queries. What goes out: `api/`, `services/`, `database/models`,
`config/` and the project files. `runtime/` mirrors the output and is copied as it is; `templates/` carry only what depends
on the specification. Absent on purpose: DDL (`postgres`), GraphQL, the OpenAPI document.
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile


def _emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Imported on use: who only compares systems reads some of this package and makes no file."""
    from bdc_emitters.service.emit import emit

    return emit(system, context)


EMITTER = Emitter("service", _emit, weight=25)
