"""OpenAPI 3.1: `api/documentation/openapi.json`, the service as its clients see it; AsyncAPI 3: `asyncapi.json` beside it, its events.

With it goes `redocly.yaml`, for who lints it. What comes in: the IR, through `bdc.surface` (operations, members, examples) and `bdc.policy.matrix` (who may). What goes
out: one document, built as plain data in a fixed order. It says what the service does and nothing it does not do: bounds,
statuses, headers and media types are tested against the running service. Absent on purpose: health and metrics (not for
clients), GraphQL (it has a schema of its own). Where several apis offer one entity, each has a document of its own beside that of all.
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.naming.dns import label
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_folded_json, to_yaml
from bdc.surface.projected import offered_by
from bdc_emitters.openapi.document import build
from bdc_emitters.openapi.events import build_events

FOLDER = "api/documentation"
PATH = "api/documentation/openapi.json"
EVENTS_PATH = "api/documentation/asyncapi.json"
LINT_PATH = "api/documentation/redocly.yaml"
LINT = to_yaml(
    {"extends": ["recommended"], "rules": {"info-license": "off"}},
    header="How `redocly lint` reads openapi.json. `info-license` is off: which licence a service has is its owner's to say.",
)


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield the documents of the api, and how its own is linted, and of the events; nothing of what the system has not."""
    if system.apis:
        yield GeneratedFile(PATH, to_folded_json(build(system)))
        yield GeneratedFile(LINT_PATH, LINT)
    if any(not each.again for each in system.projections):
        for api in system.apis:
            name = f"openapi-{'-'.join(map(label, api.place))}.json"
            document = build(offered_by(system, api))
            yield GeneratedFile(f"{FOLDER}/{name}", to_folded_json(document))
    if system.events:
        yield GeneratedFile(EVENTS_PATH, to_folded_json(build_events(system)))


EMITTER = Emitter(name="openapi", emit=emit, weight=7)
