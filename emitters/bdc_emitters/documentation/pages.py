"""Every page and picture, in order."""

import re
from collections.abc import Iterable, Iterator

from bdc.ir import SystemIR
from bdc.ir.compiled import CallerRule, RowPolicy
from bdc.output import GeneratedFile
from bdc.output.templates import Templates
from bdc.policy.matrix import matrix_of
from bdc_emitters.documentation.api_specs import api_specs_view
from bdc_emitters.documentation.architecture import architecture_view, machine_picture
from bdc_emitters.documentation.deployment import deployment_view
from bdc_emitters.documentation.diagrams import Message, entity_diagram, machine_diagram, sequence_diagram
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


_CLIENT, _SERVICE, _DATABASE = "client", "service", "PostgreSQL"
PARTIES = (_CLIENT, _SERVICE, _DATABASE)
_ARRIVES = (
    Message(_CLIENT, _SERVICE, "request with token or API key"),
    Message(_SERVICE, _SERVICE, "limits, token, roles: 401, 403, 429"),
    Message(_SERVICE, _SERVICE, "parameters and body: 400, 415, 422"),
)
READ = (
    *_ARRIVES,
    Message(_SERVICE, _DATABASE, "one statement: identity and policy inside"),
    Message(_DATABASE, _DATABASE, "row level security"),
    Message(_DATABASE, _SERVICE, "the body, as JSON", answer=True),
    Message(_SERVICE, _CLIENT, "200, or 404 for a row that is not his", answer=True),
)
WRITE = (
    *_ARRIVES,
    Message(_SERVICE, _DATABASE, "one function call: identity, key, input"),
    Message(_DATABASE, _DATABASE, "policy, version, state, row level security, triggers"),
    Message(_DATABASE, _DATABASE, "rows, audit, events, idempotent answer: all or none"),
    Message(_DATABASE, _SERVICE, "status, ETag, body", answer=True),
    Message(_SERVICE, _CLIENT, "200, 201, 204, or a problem document", answer=True),
)
