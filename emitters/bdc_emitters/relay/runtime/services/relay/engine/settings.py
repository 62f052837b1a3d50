"""What the relay is told: by the specification (`Declared`) and by its environment (`RelaySettings`)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from services.engine.config import ConfigurationError, Settings

if TYPE_CHECKING:
    from services.data.engine.database import Database

SLOTS = 8
"""How many parts the deliveries have; each is worked on by one relay at a time."""


@dataclass(frozen=True, slots=True)
class StreamDeclared:
    """`variable`: of the environment, with the address of NATS."""

    name: str
    variable: str
    subject: str
    events: tuple[str, ...]
    attempts: int
    keep: float


@dataclass(frozen=True, slots=True)
class ConsumerDeclared:
    """`check`: whether a payload has what it has to have; `runs`: what queues the jobs. Both take the payload as JSON text."""

    check: str
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceDeclared:
    """`consumers` by event. `variable`: of the environment, with the address of NATS."""

    name: str
    variable: str
    stream: str
    subject: str
    keep: float
    consumers: Mapping[str, ConsumerDeclared]


@dataclass(frozen=True, slots=True)
class Declared:
    """`webhooks`: events are sent to subscribers. `subjects`: event to the entity that it is about. `readable`: event to the statement that says which of some rows the caller may read.
    `claims`: settings that stand for a caller, with what an unknown caller has. `column`: `table.column` of the secret; `by_row`: the secret
    is bound to its row too. Times in seconds."""

    subjects: Mapping[str, str]
    readable: Mapping[str, str]
    claims: Mapping[str, str]
    column: str
    by_row: bool
    tenants: bool
    attempts: int
    timeout: float
    keep: float
    webhooks: bool = True
    stream: StreamDeclared | None = None
    publisher: "PublisherOf | None" = None
    sources: tuple[SourceDeclared, ...] = ()
    consumption: "ConsumptionOf | None" = None

    @property
    def events(self) -> list[str]:
        """Return the events that are sent."""
        return list(self.readable)


class Publishes(Protocol):
    """What publishes events to a stream."""

    async def publish(self) -> int: ...

    async def close(self) -> None: ...


class PublisherOf(Protocol):
    """How it is made."""

    def __call__(
        self, database: "Database", declared: StreamDeclared, settings: "RelaySettings", /
    ) -> Publishes: ...


class Consumes(Protocol):
    """What takes the events of a source."""

    async def consume(self) -> int: ...

    async def close(self) -> None: ...


class ConsumptionOf(Protocol):
    """How it is made."""

    def __call__(self, database: "Database", declared: SourceDeclared, /) -> Consumes: ...


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """`port`: of metrics and health, 0 for none. `private`: endpoints may have private addresses and no TLS. `first_retry`, `longest_retry`:
    pauses between attempts. `batch`: events routed at once, and deliveries that a relay holds; `queued`: those of one subscription. `lease`: how long a share of the work stays with a relay that does not answer. Times in seconds."""

    host: str = "127.0.0.1"
    port: int = 0
    private: bool = False
    first_retry: float = 5.0
    longest_retry: float = 3_600.0
    lease: float = 10.0
    poll: float = 0.2
    batch: int = 500
    queued: int = 200
    concurrency: int = 64
    per_subscription: int = 16


def relay_settings(
    settings: Settings, declared: Declared, environ: Mapping[str, str] | None = None
) -> RelaySettings:
    """Read `RELAY_PORT`, `RELAY_PRIVATE` and so on. Raises `ConfigurationError` with every reason."""
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    private = environ.get("RELAY_PRIVATE", "false" if settings.production else "true").lower()
    if private not in ("true", "false"):
        problems.append(f"RELAY_PRIVATE: expected true or false, not {private!r}")
    if private == "true" and settings.production:
        problems.append("RELAY_PRIVATE: endpoints with private addresses are for development only")
    variables = [each.variable for each in declared.sources]
    if declared.stream is not None:
        variables.append(declared.stream.variable)
    for variable in dict.fromkeys(variables):
        if not environ.get(variable) and settings.production:
            problems.append(f"{variable} is not set: it is the address of NATS")
    numbers = {
        name: _number(environ, f"RELAY_{name.upper()}", default, problems)
        for name, default in _NUMBERS.items()
    }
    if problems:
        raise ConfigurationError("\n".join(problems))
    return RelaySettings(
        host=environ.get("RELAY_HOST", "127.0.0.1"),
        private=private == "true",
        port=int(numbers["port"]),
        first_retry=numbers["first_retry"],
        longest_retry=numbers["longest_retry"],
        lease=numbers["lease"],
        concurrency=int(numbers["concurrency"]),
    )


_NUMBERS = {"port": 0.0, "first_retry": 5.0, "longest_retry": 3_600.0, "lease": 10.0, "concurrency": 64.0}


def _number(environ: Mapping[str, str], name: str, default: float, problems: list[str]) -> float:
    text = environ.get(name, "")
    try:
        found = float(text) if text else default
    except ValueError:
        found = -1.0
    if not 0 <= found < 1_000_000 or (found == 0 and name != "RELAY_PORT"):
        problems.append(f"{name}: expected a number above 0, not {text!r}")
        return default
    return found
