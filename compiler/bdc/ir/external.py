"""Other services."""

from typing import Literal as Kind

from bdc.ir.base import Node, Origin
from bdc.ir.deploy import DeployText
from bdc.ir.types import Type

ExternalPlace = Kind["path", "query", "header", "body", "whole"]


class ExternalCall(Node):
    """An operation of another service that is called."""

    external: str
    operation: str


class ExternalParameter(Node):
    """An argument of a call. `wire`: its name there; `place`: where the request carries it."""

    name: str
    wire: str
    type: Type
    nullable: bool = False
    place: ExternalPlace


class ExternalOperation(Node):
    """What the service offers. `idempotent`: a key of the call tells it that a request is the same one again. `fallback`: JSON of the answer
    that stands in for one that did not come; None: the caller meets the failure."""

    name: str
    doc: str = ""
    parameters: tuple[ExternalParameter, ...] = ()
    returns: Type | None = None
    returns_nullable: bool = False
    method: Kind["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    idempotent: bool = False
    fallback: str | None = None

    @property
    def repeatable(self) -> bool:
        """Whether the same request twice has the effect of one."""
        return self.idempotent or self.method in ("GET", "PUT", "DELETE")


class ExternalSecret(Node):
    """What `auth` needs, by name: text, or the variable of the environment that has it."""

    name: str
    value: DeployText


class ExternalAuth(Node):
    """How a caller shows itself."""

    kind: Kind["bearer", "header", "basic", "oauth", "hmac", "mtls"]
    values: tuple[ExternalSecret, ...] = ()


class External(Node):
    """Another service, at `address`. An attempt takes `timeout` seconds at most; what may be repeated is tried `retry` times again, after pauses from
    `first_pause` to `longest_pause` seconds. After `failures` in a row, no attempt is made for `open` seconds. `bulkhead`: calls of a process at once."""

    name: str
    doc: str = ""
    address: DeployText
    timeout: float
    retry: int
    first_pause: float
    longest_pause: float
    failures: int
    open: float
    bulkhead: int
    auth: ExternalAuth | None = None
    operations: tuple[ExternalOperation, ...] = ()
    origin: Origin

    def operation(self, name: str) -> ExternalOperation:
        """Return the operation of that name."""
        return next(each for each in self.operations if each.name == name)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the environment that are asked for: the address first."""
        texts = (
            [self.address, *(each.value for each in self.auth.values)]
            if self.auth is not None
            else [self.address]
        )
        return tuple(dict.fromkeys(text.variable for text in texts if text.variable))

    @property
    def names(self) -> tuple[DeployText, ...]:
        """What a caller calls itself: neither an address nor a secret."""
        values = self.auth.values if self.auth is not None else ()
        return tuple(each.value for each in values if each.name in ("client", "user", "scope"))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Those of them that hold secrets."""
        values = self.auth.values if self.auth is not None else ()
        hidden = (each for each in values if each.name not in ("client", "user", "scope"))
        return tuple(
            dict.fromkeys(
                each.value.variable
                for each in hidden
                if each.value.variable
                and not (self.auth is not None and (self.auth.kind, each.name) == ("oauth", "token"))
            )
        )
