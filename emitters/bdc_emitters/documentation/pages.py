"""Every page and picture, in order."""

import re
from collections.abc import Iterable, Iterator

from bdc.diagrams import entity_diagram, machine_diagram, sequence_diagram
from bdc.diagrams.architecture import architecture_diagram
from bdc.diagrams.permissions import permission_diagram
from bdc.diagrams.requests import PARTIES, READ, WRITE
from bdc.ir import SystemIR
from bdc.ir.compiled import CallerRule, RowPolicy
from bdc.output import GeneratedFile
from bdc.output.templates import Templates
from bdc.policy.matrix import matrix_of
from bdc_emitters.documentation.api_specs import api_specs_view
from bdc_emitters.documentation.architecture import architecture_view, machine_picture
from bdc_emitters.documentation.deployment import deployment_view
from bdc_emitters.documentation.operations import operations_view
from bdc_emitters.documentation.security import security_view

FOLDER = "documentation"


def pages(
    system: SystemIR, row_policies: Iterable[RowPolicy], caller_rules: Iterable[CallerRule]
) -> Iterator[GeneratedFile]:
    """Yield the files of one system."""
    templates = Templates("bdc_emitters.documentation")
    matrix = matrix_of(system)
    views = {
        "architecture.md": architecture_view(system),
        "api-specs.md": api_specs_view(system, matrix),
        "deployment.md": deployment_view(system),
        "operations.md": operations_view(system),
        "security.md": security_view(system, matrix, row_policies, caller_rules),
    }
    for name, view in views.items():
        yield GeneratedFile(f"{FOLDER}/{name}", _tidy(templates.render(f"{name}.j2", view)))
    for name, picture in _pictures(system):
        yield GeneratedFile(f"{FOLDER}/{name}", picture)


def _tidy(text: str) -> str:
    """Parts that are absent leave no gap: one empty line between paragraphs, one line break at the end."""
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def _pictures(system: SystemIR) -> Iterator[tuple[str, str]]:
    yield "diagrams/entities.svg", entity_diagram(system)
    for machine in system.machines:
        yield machine_picture(machine), machine_diagram(system, machine)
    yield "diagrams/request-read.svg", sequence_diagram("How a read is served", PARTIES, READ)
    yield "diagrams/request-write.svg", sequence_diagram("How a write is served", PARTIES, WRITE)
    yield "diagrams/architecture.svg", architecture_diagram(system)
    yield "diagrams/permissions.svg", permission_diagram(system)
