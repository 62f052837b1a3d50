"""Field encryption: AES-256-GCM under a ring of keys, bound to the column, the tenant and the row.

Stored: `<key id>.<base64url of nonce and ciphertext>`. The additional data is `table.column|tenant|key`: a value that is
moved to another row, column or tenant does not decrypt.

A statement marks what has to be decrypted by two control characters around `<additional data>|<stored>`. JSON written by
PostgreSQL never holds a raw control character, so nobody can forge the mark by what he stores.
"""

import base64
import binascii
import os
import re

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.config import ConfigurationError, SecretSettings
from services.problems import Problem

MARKED = re.compile(rb'"\x03([^\x03\x04]*)\x04"')
NONCE_BYTES = 12


class FieldCipher:
    """Encrypts with the active key, decrypts with any key of the ring."""

    def __init__(self, settings: SecretSettings) -> None:
        self._active = settings.encryption_active or next(iter(settings.encryption), "")
        self._ring = {key_id: AESGCM(_key(key_id, text)) for key_id, text in settings.encryption.items()}
        if self._active and self._active not in self._ring:
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

    def decrypt(self, stored: str, context: str) -> str:
        """Return the text. Raises `internal-error` when the key is gone or the value is not of this row."""
        key_id, _, sealed_text = stored.rpartition(".")
        cipher = self._ring.get(key_id)
        if cipher is None:
            raise Problem("internal-error", "A stored value cannot be decrypted.")
        try:
            sealed = base64.urlsafe_b64decode(sealed_text + "=" * (-len(sealed_text) % 4))
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise Problem("internal-error", "A stored value cannot be decrypted.") from None

    def reveal(self, body: bytes) -> bytes:
        """Return a JSON body with every marked member decrypted."""
        return MARKED.sub(self._replacement, body) if b"\x03" in body else body

    def _replacement(self, match: re.Match[bytes]) -> bytes:
        context, _, stored = match[1].decode().rpartition("|")
        return orjson.dumps(self.decrypt(stored, context))


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
