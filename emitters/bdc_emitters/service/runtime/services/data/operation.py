"""What the service knows of one write: the function to call, and how its parameters are filled."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from services.data.native import converter, json_text
from services.data.validation import Shape
from services.security.permission import Permission


class Arguments(NamedTuple):
    """What one call brings beside the identity."""

    key: tuple[Any, ...] = ()
    body: dict[str, Any] | None = None
    if_match: int | None = None
    idempotency_key: str | None = None
    request_hash: str | None = None
    result: str | None = None
    expand: tuple[str, ...] = ()


Source = Callable[[Arguments], Any]


def from_key(index: int) -> Source:
    """Take a part of the key."""
    return lambda given: given.key[index]


def from_input() -> Source:
    """Take the whole body, as JSON text."""
    return lambda given: json_text(given.body or {})


def from_body(name: str, sql_type: str, default: Any = None) -> Source:
    """Take one member of the body, as a parameter of `sql_type`; null when it was not given and has no default."""
    convert = converter(sql_type)

    def source(given: Arguments) -> Any:
        value = (given.body or {}).get(name, default)
        return value if convert is None or value is None else convert(value)

    return source


def from_result() -> Source:
    """Take what user code returned, as JSON text."""
    return lambda given: given.result


def from_expand() -> Source:
    """Take the relations that the caller asked to be included; null when there are none."""
    return lambda given: given.expand or None


def from_if_match() -> Source:
    """Take the version that the caller expects."""
    return lambda given: given.if_match


def from_idempotency_key() -> Source:
    """Take the caller's idempotency key."""
    return lambda given: given.idempotency_key


def from_request_hash() -> Source:
    """Take the hash by which a reused key is told from a repeated request."""
    return lambda given: given.request_hash


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the database: the statement that calls it, and its parameters after the identity."""

    call: str
    sources: tuple[Source, ...]

    def values(self, given: Arguments) -> list[Any]:
        """Return the parameters, in order."""
        return [source(given) for source in self.sources]


@dataclass(frozen=True, slots=True)
class EncryptedMember:
    """A member of the body that is stored encrypted; `column` is `table.column`."""

    member: str
    column: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One write. `finish` and `handler` are there when user code runs between the two functions, in one transaction.

    `created_key`: the key member that the service makes itself, because encrypted members are bound to it.
    `tenant_claim`: the claim that names the tenant, for the same reason.
    """

    name: str
    permission: Permission
    function: Function
    input: Shape | None = None
    finish: Function | None = None
    versioned: bool = False
    idempotent: bool = False
    encrypted: tuple[EncryptedMember, ...] = ()
    created_key: str = ""
    tenant_claim: str = ""
    errors: tuple[str, ...] = field(default=())

    def request_hash(
        self,
        key: tuple[Any, ...],
        body: dict[str, Any] | None,
        roles: frozenset[str] = frozenset(),
        expand: tuple[str, ...] = (),
    ) -> str:
        """Return what tells a repeated request from another one under the same idempotency key. The roles belong to it: a
        stored answer shows what its caller could see then, and a lesser token must not get it. So does what is included."""
        request: list[Any] = [self.name, key, body, sorted(roles)]
        request += [expand] if expand else []
        text = orjson.dumps(request, default=str, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(text).hexdigest()


def new_uuid7(now: datetime, random: bytes) -> str:
    """Return a time-ordered uuid (RFC 9562, version 7) from a moment and ten random bytes."""
    milliseconds = int(now.timestamp() * 1000)
    number = (milliseconds << 80) | int.from_bytes(random, "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return str(UUID(int=number))
