"""What of the runtime only some systems need: one list, with what makes a system need it."""

from collections.abc import Callable

from bdc.ir import SystemIR
from bdc.surface.bindings import is_plain_body
from bdc.surface.gates import gates as has_gates
from bdc.surface.wire import is_wired
from bdc_emitters.service import bulk, externals, gates, sign_in, wire

REPLICA = ("api/engine/replica.py", "services/data/engine/replica.py", "services/data/engine/standby.py")


def has_minimal(system: SystemIR) -> bool:
    """Return whether some write may answer without a body."""
    return any(resource.minimal for api in system.apis for resource in api.resources)


def has_presets(system: SystemIR) -> bool:
    """Return whether some list has filters of its own."""
    return any(resource.lists for api in system.apis for resource in api.resources)


def binds(system: SystemIR) -> bool:
    """Return whether some operation takes arguments from elsewhere than its body."""
    found = [operation for api in system.apis for operation in api.operations]
    found += [operation for api in system.apis for each in api.resources for operation in each.custom]
    return any(not is_plain_body(operation) for operation in found)


# Paths, or what they begin with, and whether a system needs them.
OPTIONAL: tuple[tuple[tuple[str, ...], Callable[[SystemIR], bool]], ...] = (
    (("api/engine/http/bind.py",), binds),
    (("api/engine/http/minimal.py",), has_minimal),
    (("api/engine/http/presets.py",), has_presets),
    (("api/engine/sunset.py",), lambda system: any(api.sunset for api in system.apis)),
    (("services/security/engine/shared_limit.py",), lambda system: system.shares_limits),
    (REPLICA, lambda system: system.reads_replica),
    ((gates.RUNTIME,), lambda system: bool(has_gates(system))),
    (wire.RUNTIME, is_wired),
    (bulk.RUNTIME, bulk.has_bulk),
    (sign_in.RUNTIME, lambda system: system.identity is not None and system.identity.sign_in is not None),
)


def absent(system: SystemIR) -> tuple[str, ...]:
    """Return what `system` does without: paths, or what they begin with."""
    found = [path for paths, needed in OPTIONAL if not needed(system) for path in paths]
    return (*found, *externals.absent_runtime(system))
