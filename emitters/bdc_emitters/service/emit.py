"""The parts of the service, in the order of a request."""

from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.runtime import runtime_files
from bdc_emitters.service import (
    about,
    bulk,
    business,
    calling,
    configuration,
    constraints,
    controllers,
    externals,
    gates,
    inputs,
    mailing,
    models,
    operations,
    permissions,
    project,
    reads,
    resources,
    routes,
    sign_in,
    wire,
)
from bdc_emitters.service.optional import absent

Part = Callable[[SystemIR, EmitContext], Iterable[GeneratedFile]]

PARTS: tuple[Part, ...] = (
    about.files,
    routes.files,
    gates.files,
    wire.files,
    controllers.files,
    permissions.files,
    inputs.files,
    resources.files,
    operations.files,
    sign_in.files,
    bulk.files,
    reads.files,
    constraints.files,
    models.files,
    business.files,
    externals.files,
    configuration.files,
    project.files,
)


def emit(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return every file of the service."""
    without = absent(system)
    for file in runtime_files("bdc_emitters.service"):
        if not file.path.startswith(without):
            yield mailing.adapted_to(system, calling.adapted_to(system, file))
    yield GeneratedFile(
        "services/data/engine/layout.py", files("bdc.ddl").joinpath("layout.py").read_text("utf-8")
    )
    for part in PARTS:
        yield from part(system, context)
