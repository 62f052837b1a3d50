"""Field encryption: AES-256-GCM under a ring of keys, bound to the column, the tenant and the row.

Stored: `<key id>.<base64url of nonce and ciphertext>`. The additional data is `table.column|tenant|key`: a value that is
moved to another row, column or tenant does not decrypt. The key is left out where it is not one uuid.

A statement marks what has to be decrypted by two control characters around `<additional data>|<stored>`. JSON written by
PostgreSQL never holds a raw control character, and a tenant or key that may hold one comes as `~` and hexadecimal digits: no stored
value can forge the mark.
"""

import base64
import binascii
import logging
import os
import re
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

import orjson

from services.engine.config import ConfigurationError, SecretSettings
from services.engine.problems import Problem

if TYPE_CHECKING:
    from services.security.engine.ciphers import Cipher

MARKED = re.compile(rb'"\x03([^\x03\x04]*)\x04"')
NONCE_BYTES = 12
_LOG = logging.getLogger(__name__)


class FieldCipher:
    """Encrypts with the active key, decrypts with any key of the ring. `plain`: columns (`table.column`) that a migration has not encrypted
    yet, so that what does not decrypt there is plain text."""

    def __init__(self, settings: SecretSettings) -> None:
        self.plain: frozenset[str] = frozenset()
        self._active = settings.encryption_active or next(iter(settings.encryption), "")
        self._keys = {key_id: _key(key_id, text) for key_id, text in settings.encryption.items()}
        if self._active and self._active not in self._keys:
            raise ConfigurationError(
                f"SECRETS_ENCRYPTION_ACTIVE names the key {self._active!r}, which is not there"
            )

    def encrypt(self, text: str, context: str) -> str:
        """Return what is stored for `text`; `context` is `table.column|tenant|key`."""
        cipher = self._ring.get(self._active)
        if cipher is None:
            raise Problem("internal-error", "No encryption key is configured.")
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, text.encode(), context.encode())
        return f"{self._active}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def decrypt(self, stored: str, context: str, row: str = "") -> str:
        """Return the text. `context` is `table.column|tenant|`, `row` the key: values are bound to it or not. Raises `internal-error`
        when the encryption key is gone or the value is of another place."""
        try:
            return self._opened(stored, context, row)
        except Problem:
            if context.partition("|")[0] in self.plain:
                return stored
            raise

    @cached_property
    def _ring(self) -> "dict[str, Cipher]":
        """The ciphers by key id. The library is loaded for the first value that is encrypted or decrypted."""
        from services.security.engine.ciphers import Cipher

        return {key_id: Cipher(key) for key_id, key in self._keys.items()}

    def _opened(self, stored: str, context: str, row: str) -> str:
        key_id, _, sealed_text = stored.rpartition(".")
        cipher = self._ring.get(key_id)
        if cipher is None:
            raise Problem("internal-error", "A stored value cannot be decrypted.")
        try:
            sealed = base64.urlsafe_b64decode(sealed_text + "=" * (-len(sealed_text) % 4))
        except (binascii.Error, ValueError):
            raise Problem("internal-error", "A stored value cannot be decrypted.") from None
        for bound in dict.fromkeys((context + row, context)):
            with suppress(ValueError):
                return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound.encode()).decode()
        raise Problem("internal-error", "A stored value cannot be decrypted.")

    def is_sealed(self, stored: str, context: str) -> bool:
        """Say whether a value is what `encrypt` made for this place."""
        try:
            self._opened(stored, context, "")
        except Problem:
            return False
        return True

    def reveal(self, body: bytes) -> bytes:
        """Return a JSON body with every marked member decrypted.

        A value that cannot be is null, and an error in the log: one damaged value must not take the rest of a list with it, nor make a
        write look as if it had failed.
        """
        return MARKED.sub(self._replacement, body) if b"\x03" in body else body

    def _replacement(self, match: re.Match[bytes]) -> bytes:
        column, tenant, row, stored = match[1].decode().split("|", 3)
        try:
            return orjson.dumps(self.decrypt(stored, f"{column}|{_plain(tenant)}|", _plain(row)))
        except Problem:
            _LOG.error("a stored value of %s cannot be decrypted", column)
            return b"null"


def _plain(part: str) -> str:
    return bytes.fromhex(part[1:]).decode() if part.startswith("~") else part


def _key(key_id: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ConfigurationError(f"SECRETS_ENCRYPTION: the key {key_id!r} is not base64 of 32 bytes")
    if "|" in key_id or not key_id:
        raise ConfigurationError(f"SECRETS_ENCRYPTION: {key_id!r} cannot be a key id")
    return key
