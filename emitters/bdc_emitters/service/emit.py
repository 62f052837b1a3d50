"""The parts of the service, in the order of a request."""

from collections.abc import Callable, Iterable, Iterator

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.runtime import runtime_files
from bdc_emitters.service import (
    about,
    business,
    configuration,
    constraints,
    controllers,
    inputs,
    models,
    operations,
    permissions,
    project,
    queries,
    reads,
    resources,
    routes,
)

Part = Callable[[SystemIR, EmitContext], Iterable[GeneratedFile]]

PARTS: tuple[Part, ...] = (
    about.files,
    routes.files,
    controllers.files,
    permissions.files,
    inputs.files,
    resources.files,
    operations.files,
    reads.files,
    queries.query_files,
    constraints.files,
    models.files,
    business.files,
    configuration.files,
    project.files,
)


def emit(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return every file of the service."""
    yield from runtime_files("bdc_emitters.service")
    for part in PARTS:
        yield from part(system, context)
