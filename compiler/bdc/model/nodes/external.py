"""Other services: resolved."""

from bdc import ir
from bdc.model.nodes.values import Entry
from bdc.source import Span
from bdc.source.records import dataclass

Text = ir.DeployText


@dataclass(frozen=True, slots=True)
class ExternalAuth:
    """`kind`: bearer, oauth, header, basic, hmac or mtls; `values`: what it needs, by name."""

    kind: str
    values: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalOperation:
    """`fallback`: JSON text of what is taken where no answer came; None: the caller meets the failure."""

    name: str
    span: Span
    doc: str
    parameters: tuple[Entry, ...]
    returns: ir.Type | None
    returns_nullable: bool
    method: str
    path: str
    idempotent: bool
    fallback: str | None

    @property
    def repeatable(self) -> bool:
        """Whether the same request twice has the effect of one."""
        return self.idempotent or self.method in ("GET", "PUT", "DELETE")


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """Times in seconds. `open`: how long a breaker that has opened stays so."""

    name: str
    span: Span
    doc: str
    address: Text
    timeout: float
    retry: int
    backoff: tuple[float, float]
    failures: int
    open: float
    bulkhead: int
    auth: ExternalAuth | None
    operations: tuple[ExternalOperation, ...]

    def find(self, name: str) -> ExternalOperation | None:
        """Return the operation of that name."""
        return next((each for each in self.operations if each.name == name), None)

    def attempts(self, operation: ExternalOperation) -> int:
        """Return how often a call of it is tried at most."""
        return 1 + self.retry if operation.repeatable else 1

    def longest(self, operation: ExternalOperation) -> float:
        """Return how long a call of it takes at most, in seconds."""
        first, last = self.backoff
        attempts = self.attempts(operation)
        pauses = (min(last, first * 2.0**n) for n in range(attempts - 1))
        return attempts * self.timeout + sum(pauses)
