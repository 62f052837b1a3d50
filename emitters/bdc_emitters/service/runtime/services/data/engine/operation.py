"""What the service knows of one write: the function to call, and how its parameters are filled."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from services.data.engine.native import converter, json_text
from services.data.engine.sealing import SealedRow, SealedShape
from services.data.engine.validation import Shape
from services.security.engine.permission import Permission


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
class Operation:
    """One write. `finish` and `handler` are there when user code runs between the two functions, in one transaction.

    `sealed`: the members that are stored encrypted; `row`: the columns of the row that user code is given.
    """

    name: str
    permission: Permission
    function: Function
    input: Shape | None = None
    finish: Function | None = None
    versioned: bool = False
    idempotent: bool = False
    sealed: SealedShape | None = None
    row: SealedRow | None = None
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
