"""From a token's members to an `Actor`: each declared claim is checked against its type."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from services.engine.problems import Problem
from services.security.engine.actor import Actor

if TYPE_CHECKING:
    from services.data.engine.database import Database
    from services.engine.config import TokenSettings
    from services.security.engine.encryption import FieldCipher

ROLE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """`actor.<name>` comes from the token's member `source`. `kind`: a scalar's name (with `[]` for a list), or `roles`.
    `anonymous` is what the database is told without a token, or without this member where it is `optional`. `of`: the identities whose
    callers have it, by entity; '' is the main one."""

    name: str
    source: str
    kind: str
    anonymous: str
    optional: bool = False
    of: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class OtherIdentity:
    """Callers that are rows of `entity`, beside those of the main identity: their keys hold the member `source`. `roles`: those that they
    may carry, and others may not."""

    entity: str
    source: str
    roles: frozenset[str]


class Issued(Protocol):
    """Checks tokens that this service issued itself."""

    def issued(self, token: bytes) -> bool:
        """Say whether a token says that it is from here."""

    async def actor(self, token: bytes, headers: Mapping[bytes, bytes]) -> Actor:
        """Return the caller. Raises `unauthenticated`."""

    def made(self, key: bytes) -> bool:
        """Say whether an API key is one that a caller made here."""

    async def holder(self, key: bytes) -> Actor:
        """Return the caller that made it. Raises `unauthenticated`."""


class Issuer(Protocol):
    """Makes what checks them."""

    def __call__(
        self,
        settings: "TokenSettings",
        database: "Database",
        cipher: "FieldCipher",
        rules: Sequence[ClaimRule],
        roles: frozenset[str],
    ) -> Issued:
        """Return it for one process."""


class ClaimReader:
    """Makes actors by the declared rules. Roles that nobody declared are dropped, and those of another identity: they can grant nothing.
    `others`: the identities beside the main one that may be meant, and `main` says whether the main one may."""

    def __init__(
        self,
        rules: Sequence[ClaimRule],
        known_roles: frozenset[str],
        others: Sequence[OtherIdentity] = (),
        main: bool = True,
    ) -> None:
        self._rules = tuple(rules)
        self._known_roles = known_roles
        self._others = tuple(others)
        self._main = main
        self.anonymous = Actor(
            claims={},
            roles=frozenset({"anonymous"}),
            identity=tuple(rule.anonymous for rule in self._rules),
            anonymous=True,
        )

    def read(self, payload: Mapping[str, Any]) -> Actor:
        """Return the actor of a verified token. Raises `unauthenticated`, naming the member that is missing or mistyped."""
        claims: dict[str, Any] = {}
        roles: frozenset[str] = frozenset()
        identity = []
        other = next((each for each in self._others if member(payload, each.source) is not None), None)
        if other is None and not self._main:
            raise refused("The key is of a caller that shows no keys.")
        known, of = (other.roles, other.entity) if other is not None else (self._known_roles, "")
        for rule in self._rules:
            if of not in rule.of:
                claims[rule.name] = ""
                identity.append(rule.anonymous)
                continue
            value = member(payload, rule.source)
            if rule.kind == "roles":
                roles = self._roles(rule, value) & known
                claims[rule.name] = tuple(sorted(roles))
                identity.append(",".join(sorted(roles)))
                continue
            text = rule.anonymous if value is None and rule.optional else _text(rule, value)
            claims[rule.name] = text
            identity.append(text)
        caller = f"{of} {member(payload, other.source)}" if other is not None else ""
        return Actor(claims, roles, tuple(identity), caller=caller)

    def _roles(self, rule: ClaimRule, value: Any) -> frozenset[str]:
        given = [] if value is None else value
        if not isinstance(given, list) or not all(
            isinstance(role, str) and ROLE.fullmatch(role) for role in given
        ):
            raise refused(f"The token's member `{rule.source}` must be a list of role names.")
        return frozenset(given)


def member(payload: Mapping[str, Any], source: str) -> Any:
    """Return a member of a token by its name, or else by its path (`realm_access.roles`); None when there is none."""
    if source in payload:
        return payload[source]
    found: Any = payload
    for part in source.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _text(rule: ClaimRule, value: Any) -> str:
    if value is None:
        raise refused(f"The token has no member `{rule.source}`.")
    try:
        return _list(rule.kind, value) if rule.kind.endswith("[]") else _KINDS.get(rule.kind, _string)(value)
    except (ArithmeticError, ValueError, TypeError, AttributeError):
        raise refused(f"The token's member `{rule.source}` is not a valid {rule.kind}.") from None


def _string(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value or len(value) > 255:
        raise ValueError
    return value


def _list(kind: str, value: Any) -> str:
    """Return the elements as PostgreSQL reads an array: each in quotes."""
    if not isinstance(value, list) or len(value) > _MOST_ELEMENTS:
        raise ValueError
    texts = [_KINDS.get(kind.removesuffix("[]"), _string)(each) for each in value]
    return "{" + ",".join('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts) + "}"


def _decimal(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError
    number = Decimal(str(value))
    if not number.is_finite() or abs(number.adjusted()) > 1_000:
        raise ValueError
    return f"{number:f}"


def _integer(bits: int) -> Callable[[Any], str]:
    """A whole number, or its digits: `sub` is always a text."""

    def convert(value: Any) -> str:
        number = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
        if type(number) is not int or not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise ValueError
        return str(number)

    return convert


_MOST_ELEMENTS = 1_000
_DIGITS = re.compile(r"-?[0-9]{1,19}")
_KINDS: dict[str, Callable[[Any], str]] = {
    "uuid": lambda value: str(UUID(_string(value))),
    "int": _integer(32),
    "bigint": _integer(64),
    "bool": lambda value: "true" if value is True else "false",
    "decimal": _decimal,
    "float": _decimal,
    "date": lambda value: date.fromisoformat(_string(value)).isoformat(),
    "timestamp": lambda value: datetime.fromisoformat(_string(value)).isoformat(),
}


def refused(reason: str, error: str = "invalid_token") -> Problem:
    """Return the 401 with its challenge (RFC 6750)."""
    challenge = f'Bearer error="{error}", error_description="{reason}"'.replace("`", "'")
    return Problem(
        "unauthenticated", reason, headers=[(b"www-authenticate", challenge.encode("latin-1", "replace"))]
    )


def challenged() -> Problem:
    """Return the 401 for a caller who sent no credentials where they are needed."""
    return Problem(
        "unauthenticated", "This operation needs credentials.", headers=[(b"www-authenticate", b"Bearer")]
    )
