"""Encrypted members on their way to the database: each is sealed for the column, the tenant and the row that it will be part of.

`SealedShape` says which members of a body are stored encrypted, in the rows that are written together with it too.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.security.engine.actor import Actor
from services.security.engine.encryption import FieldCipher


@dataclass(frozen=True, slots=True)
class SealedMember:
    """A member that is stored encrypted. `column` is `table.column`; `default` is the text of a body without it; `source` is the member
    that the text comes from, where that is another one (an argument of an operation)."""

    member: str
    column: str
    default: str | None = None
    source: str = ""

    def text(self, body: Mapping[str, Any]) -> str | None:
        """Return the text to seal; None where there is none."""
        found: str | None = body.get(self.source or self.member, self.default)
        return found


@dataclass(frozen=True, slots=True)
class SealedField:
    """A field that is stored encrypted, for code that writes SQL of its own. `by_row`: its values are bound to the key of the row too."""

    column: str
    tenant_claim: str
    by_row: bool

    def context(self, actor: Actor, key: Any) -> str:
        """Return what a value of the row with `key` is bound to."""
        tenant = actor.claim(self.tenant_claim) if self.tenant_claim else ""
        return f"{self.column}|{tenant}|{_uuid(key) if self.by_row else ''}"


@dataclass(frozen=True, slots=True)
class SealedRow:
    """How the columns of a stored row are opened: each encrypted one with its `table.column`, then those of tenant and key ('': none)."""

    columns: tuple[tuple[str, str], ...]
    tenant: str
    key: str

    def open(self, cipher: FieldCipher, row: dict[str, Any]) -> dict[str, Any]:
        """Return the row with its encrypted values as text. Raises `internal-error` when one cannot be decrypted."""
        tenant = row[self.tenant] if self.tenant else ""
        key = row[self.key] if self.key else ""
        opened = dict(row)
        for name, column in self.columns:
            if row[name] is not None:
                opened[name] = cipher.decrypt(row[name], f"{column}|{tenant}|", str(key))
        return opened


@dataclass(frozen=True, slots=True)
class SealedShape:
    """`creates`: the body is that of a new row. `key`: the member that holds its key, which the service makes where the body has none;
    '' where the key is no part of what values are bound to. `nested`: the same of rows that are written together with it, by member."""

    tenant_claim: str
    members: tuple[SealedMember, ...] = ()
    key: str = ""
    creates: bool = False
    nested: tuple[tuple[str, "SealedShape"], ...] = ()


def seal(
    cipher: FieldCipher, actor: Actor, shape: SealedShape, key: tuple[Any, ...], body: Mapping[str, Any]
) -> dict[str, Any]:
    """Return `body` with its encrypted members sealed, those of nested rows included. `key` is that of the row that changes, or empty."""
    sealed = dict(body)
    row = ""
    if shape.key and shape.creates:
        sealed[shape.key] = row = _uuid(sealed.get(shape.key) or _new_key())
    elif shape.key:
        row = _uuid(key[-1])  # the keys before it name the rows that this one stands under
    for member in shape.members:
        text = member.text(sealed)
        if text is not None:
            sealed[member.member] = cipher.encrypt(text, context(actor, shape, member.column, row))
    for name, inner in shape.nested:
        if sealed.get(name):
            sealed[name] = [seal(cipher, actor, inner, (), item) for item in sealed[name]]
    return sealed


def context(actor: Actor, shape: SealedShape, column: str, row: str) -> str:
    """Return what a value is bound to: `table.column|tenant|key`."""
    tenant = actor.claim(shape.tenant_claim) if shape.tenant_claim else ""
    return f"{column}|{tenant}|{row}"


def _uuid(value: Any) -> str:
    """The text that PostgreSQL writes for the same uuid."""
    return str(value if isinstance(value, UUID) else UUID(str(value)))


def _new_key() -> str:
    return new_uuid7(datetime.now(UTC), os.urandom(10))


def new_uuid7(now: datetime, random: bytes) -> str:
    """Return a time-ordered uuid (RFC 9562, version 7) from a moment and ten random bytes."""
    milliseconds = int(now.timestamp() * 1000)
    number = (milliseconds << 80) | int.from_bytes(random, "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return str(UUID(int=number))
