"""The GraphQL side of a backend: SDL, Strawberry code, and the runtime that answers queries by one statement.

What comes in: `SystemIR` and the compiled reads (which members and relations there are). What goes out:
`api/documentation/schema.graphql`; `api/graphql/` with generated types, inputs, root fields and a table of what each field
means; a scaffold for the user's own fields; and the runtime, copied from `runtime/`. Absent on purpose: SQL (it is composed
in the service from the compiled fragments) and HTTP plumbing (the service's). A system without `graphql at` gets nothing.
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile


def _emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Imported on use: who only compares systems reads some of this package and makes no file."""
    from bdc_emitters.graphql.emit import emit

    return emit(system, context)


EMITTER = Emitter("graphql", _emit, weight=25)
