"""Evidence of the emitted project, under `compliance/`: controls with their places and tests, a threat model, and where personal data is.

What comes in: the IR. What goes out: `evidence.json` (each control `not-verified` until a test ran), `threat-model.md`, `personal-data.md`
with `export.sql` and `erase.sql`, and `tests/evidence.py`, which writes the report of a run. Deliberately absent: any claim that a system
complies; what people have to do is listed as `manual`.
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_json
from bdc.output.runtime import runtime_files
from bdc.output.templates import Templates
from bdc_emitters.compliance.evidence import evidence
from bdc_emitters.compliance.people import personal_data
from bdc_emitters.compliance.scripts import erase_script, export_script
from bdc_emitters.compliance.threats import threat_view

FOLDER = "compliance"


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield `compliance/` and the module that writes the report."""
    templates = Templates("bdc_emitters.compliance")
    people = personal_data(system)
    yield GeneratedFile(f"{FOLDER}/evidence.json", to_json(evidence(system)))
    yield GeneratedFile(
        f"{FOLDER}/threat-model.md", templates.render("threat-model.md.j2", threat_view(system))
    )
    yield GeneratedFile(f"{FOLDER}/personal-data.md", templates.render("personal-data.md.j2", people))
    if people.has_people:
        yield GeneratedFile(f"{FOLDER}/export.sql", export_script(system))
        yield GeneratedFile(f"{FOLDER}/erase.sql", erase_script(system))
    yield from runtime_files("bdc_emitters.compliance")


EMITTER = Emitter(name="compliance", emit=emit)
