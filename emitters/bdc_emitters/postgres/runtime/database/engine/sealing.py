"""Encrypt what a column holds in plain text. Only the service's keys can, so this takes them from the service's settings."""

import os
from typing import Protocol

import asyncpg

from database.engine.edge import Batch, Edge
from database.engine.errors import MigrationError

TRIAL = "MIGRATION_TRIAL"  # set where a migration is tried on rows that nobody needs, and without keys


class Cipher(Protocol):
    """What encrypts, as `services.security.encryption.FieldCipher` does."""

    def encrypt(self, text: str, context: str) -> str:
        """Return what is stored for `text`."""

    def is_sealed(self, stored: str, context: str) -> bool:
        """Say whether a value is encrypted already."""


class _TrialCipher:
    def encrypt(self, text: str, context: str) -> str:
        return f"trial.{text.encode().hex()}"

    def is_sealed(self, stored: str, context: str) -> bool:
        return stored.startswith("trial.")


def cipher() -> Cipher:
    """Return what encrypts. MigrationError when no encryption key is configured."""
    if os.environ.get(TRIAL):
        return _TrialCipher()
    # Only migrations that encrypt need the service's settings.
    try:
        from services.engine.config import ConfigurationError, load_secrets
        from services.engine.problems import Problem
        from services.security.engine.encryption import FieldCipher
    except ImportError as failure:
        raise MigrationError(
            f"this migration encrypts values, but the service is missing: {failure}"
        ) from failure
    try:
        found = FieldCipher(load_secrets())
        found.encrypt("", "")
    except (ConfigurationError, Problem) as failure:
        raise MigrationError(
            f"this migration encrypts values, and needs the keys of the service: {failure}"
        ) from failure
    return found


async def require_keys(connection: "asyncpg.Connection[asyncpg.Record]", edge: Edge) -> None:
    """MigrationError when the edge encrypts values, the table has rows, and no key is configured: nothing is changed then."""
    for operation in edge.operations:
        batch = operation.batch
        if batch is None or batch.seal is None:
            continue
        if await connection.fetchval(f"select exists (select from {batch.table})"):  # nosec B608
            cipher()


async def seal(
    connection: "asyncpg.Connection[asyncpg.Record]", batch: Batch, rows: tuple[str, tuple[str, ...]]
) -> int:
    """Encrypt the values of the rows of one batch that are plain text, and return how many were. `rows`: WHERE and its arguments."""
    assert batch.seal is not None  # nosec B101
    where, arguments = rows
    column, tool = _quoted(batch.seal.column), cipher()
    found = await connection.fetch(
        f"select sealed.ctid::text as place, {batch.seal.place} as bound, {column} as value"  # nosec B608
        f" from {batch.table} as sealed{where} for update",
        *arguments,
    )
    changed = [
        (row["place"], tool.encrypt(row["value"], context))
        for row in found
        for context in [_context(batch, row["bound"])]
        if not tool.is_sealed(row["value"], context)
    ]
    await connection.executemany(
        f"update {batch.table} set {column} = $2 where ctid = $1::text::tid",  # nosec B608
        changed,
    )
    return len(changed)


def _context(batch: Batch, bound: str) -> str:
    """Return `table.column|tenant|key` from the mark of a row."""
    assert batch.seal is not None  # nosec B101
    place, tenant, key, *_ = bound.split("|")
    return f"{place}|{_plain(tenant)}|{_plain(key) if batch.seal.by_row else ''}"


def _plain(part: str) -> str:
    return bytes.fromhex(part[1:]).decode() if part.startswith("~") else part


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
