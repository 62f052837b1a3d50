"""What an api is asked: how many requests per second of each kind."""

from bdc.ir import Api, SystemIR
from bdc.source.records import dataclass
from bdc.surface.endpoints import Kind, endpoints

DEFAULT_RATE = 100
# Where a specification gives no parts: most callers look.
DEFAULT_SHARES = {"writes": 0.10, "operations": 0.05, "graphql": 0.10}
_LOOKS = (Kind.LIST, Kind.GET)


@dataclass(frozen=True, slots=True)
class Mix:
    """Requests per second. `declared`: whether the rate, and whether its parts are in the specification."""

    reads: float
    writes: float
    operations: float
    graphql: float
    rate_declared: bool
    parts_declared: bool

    @property
    def total(self) -> float:
        """Return all requests per second."""
        return self.reads + self.writes + self.operations + self.graphql

    def parts(self) -> dict[str, float]:
        """Return the rate of each kind that there is."""
        found = {
            "reads": self.reads,
            "writes": self.writes,
            "operations": self.operations,
            "graphql": self.graphql,
        }
        return {name: rate for name, rate in found.items() if rate}


def mix_of(system: SystemIR, api: Api) -> Mix:
    """Return the requests that `load` declares for an api: what its parts leave are reads. Without parts these are assumed, of the
    kinds that the api offers; without a rate, that of its parts, else `DEFAULT_RATE`."""
    said: dict[str, float] = {
        part.part: float(part.amount) for part in system.load.parts if part.api == api.name
    }
    rates = {entry.name: entry.amount for entry in system.load.rps}
    total = float(rates.get(api.name, 0)) or sum(said.values()) or float(DEFAULT_RATE)
    parts = said or {
        name: total * share for name, share in DEFAULT_SHARES.items() if name in _offered(system, api)
    }
    others = sum(rate for name, rate in parts.items() if name != "reads")
    return Mix(
        reads=said.get("reads", 0.0) + max(0.0, total - others - said.get("reads", 0.0)),
        writes=parts.get("writes", 0.0),
        operations=parts.get("operations", 0.0),
        graphql=parts.get("graphql", 0.0),
        rate_declared=api.name in rates or bool(said),
        parts_declared=bool(said),
    )


def _offered(system: SystemIR, api: Api) -> set[str]:
    found = {"graphql"} if api.graphql else set()
    for endpoint in endpoints(system):
        if endpoint.api.name == api.name:
            custom = endpoint.kind is Kind.CUSTOM
            found.add("operations" if custom else "reads" if endpoint.kind in _LOOKS else "writes")
    return found
