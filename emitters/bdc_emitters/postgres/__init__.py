"""The database: migrations, the functions of the release, seeds, and the runner that applies them.

What comes in: tables, policies, machines and seeds of the IR, and the compiled functions and row policies. What goes out:
`database/` of the backend, except the statements that the service sends. Absent on purpose: the meaning of policies and
expressions (the query room's) and the difference between two schemas.

Statements are data (`ddl`) with one printer (`printer`). Read: `schema` (the order of everything), then `tables`,
`policies`, `triggers`, `roles`, `system_tables`; then `migration`, `release`, `seeds`, which make files; then `emitter`.
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile


def _emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Imported on use: who only compares systems reads some of this package and makes no file."""
    from bdc_emitters.postgres.emitter import emit

    return emit(system, context)


EMITTER = Emitter("postgres", _emit, weight=16)
