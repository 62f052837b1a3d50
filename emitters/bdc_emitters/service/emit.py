"""The parts of the service, in the order of a request."""

from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.runtime import runtime_files
from bdc.surface.gates import gates as has_gates
from bdc.surface.wire import is_wired
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


PRESETS = "api/engine/http/presets.py"


MINIMAL = "api/engine/http/minimal.py"
SUNSET = "api/engine/sunset.py"
SHARED_LIMITS = "services/security/engine/shared_limit.py"
REPLICA = ("api/engine/replica.py", "services/data/engine/replica.py", "services/data/engine/standby.py")


def has_minimal(system: SystemIR) -> bool:
    """Return whether some write may answer without a body."""
    return any(resource.minimal for api in system.apis for resource in api.resources)


def has_presets(system: SystemIR) -> bool:
    """Return whether some list has filters of its own."""
    return any(resource.lists for api in system.apis for resource in api.resources)


def emit(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return every file of the service."""
    signs_in = system.identity is not None and system.identity.sign_in is not None
    for file in runtime_files("bdc_emitters.service"):
        absent: tuple[str, ...] = () if signs_in else sign_in.RUNTIME
        absent += () if bulk.has_bulk(system) else bulk.RUNTIME
        absent += () if has_presets(system) else (PRESETS,)
        absent += () if has_minimal(system) else (MINIMAL,)
        absent += () if is_wired(system) else wire.RUNTIME
        absent += () if system.reads_replica else REPLICA
        absent += () if has_gates(system) else (gates.RUNTIME,)
        absent += () if any(api.sunset for api in system.apis) else (SUNSET,)
        absent += () if system.shares_limits else (SHARED_LIMITS,)
        absent += externals.absent_runtime(system)
        if not file.path.startswith(absent):
            yield mailing.adapted_to(system, calling.adapted_to(system, file))
    yield GeneratedFile(
        "services/data/engine/layout.py", files("bdc.ddl").joinpath("layout.py").read_text("utf-8")
    )
    for part in PARTS:
        yield from part(system, context)
