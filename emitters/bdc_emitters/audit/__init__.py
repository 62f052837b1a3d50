"""The command that verifies the sealed audit trail, and writes it out with proofs.

What comes in: `audit` of the IR. What goes out: `database/audit`, run as `python -m database.audit`, and a test of it; nothing for a system whose
trail is not sealed. Absent on purpose: sealing itself, which functions of the database do for a job (`bdc.schema.audit_seal`).
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.runtime import runtime_files

PACKAGE = "bdc_emitters.audit"


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield the command; nothing where the trail is not sealed."""
    if system.audit is None:
        return
    yield from runtime_files(PACKAGE)
    yield GeneratedFile(
        "database/audit/declared.py",
        '"""What the specification says about the audit trail."""\n\n'
        f'OWNER = "{system.name}_owner"\n'
        f"KEEP: int | None = {system.audit.keep}\n"
        '"""Seconds for which sealed rows are kept."""\n',
    )


EMITTER = Emitter(name="audit", emit=emit)
