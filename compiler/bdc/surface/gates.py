"""What each of several apis asks of its callers, where they do not all ask the same.

What comes in: the IR. What goes out: the paths of each api with the credentials that it takes and its limit; nothing for a system whose apis
are alike, as its service then needs no more than one answer.
"""

from bdc.ir import Api, RateLimit, SystemIR
from bdc.ir.remembering import per_system
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """`paths`: what the paths of the api begin with. `limit`: None where there is none. `configured`: the configuration of the service says
    how high it is, as for a system with one limit."""

    name: str
    paths: tuple[str, ...]
    bearer: bool
    api_key: bool
    limit: RateLimit | None
    configured: bool


@per_system
def gates(system: SystemIR) -> tuple[Gate, ...]:
    """Return one for each api; none where all ask for the same."""
    if len({_asked(api) for api in system.apis}) < 2:
        return ()
    limits = [api.limit for api in system.apis if api.limit is not None]
    return tuple(_gate(api, bool(limits) and api.limit is limits[0]) for api in system.apis)


def gate_at(system: SystemIR, path: str) -> Gate | None:
    """Return the gate that a request to `path` passes: that of the api whose path is the longest beginning of it."""
    found = [(begin, gate) for gate in gates(system) for begin in gate.paths if is_below(path, begin)]
    return max(found, key=lambda item: len(item[0]))[1] if found else None


def is_below(path: str, begin: str) -> bool:
    """Return whether `begin` is the first segments of `path`."""
    return path == begin or path.startswith(f"{begin.rstrip('/')}/")


def _asked(api: Api) -> tuple[frozenset[str], RateLimit | None]:
    return frozenset(api.auth), api.limit


def _gate(api: Api, configured: bool) -> Gate:
    paths = (api.path, *((api.graphql.path,) if api.graphql is not None else ()))
    name = f"{api.name} {api.version}"
    return Gate(name, paths, "bearer" in api.auth, "api_key" in api.auth, api.limit, configured)
