"""Cursors: where a page ended, as text that only this service can make and that fits only the list it was made for.

A statement writes the unsigned payload between two control characters, which JSON written by PostgreSQL never holds
otherwise; `CursorSigner.signed` replaces it by the signed cursor.
"""

import base64
import binascii
import hashlib
import hmac
import re

from services.engine.problems import Problem

SIGNATURE_BYTES = 16
MAX_CURSOR_CHARACTERS = 2_048
MARKED = re.compile(rb"\x01([^\x01\x02]*)\x02")


class CursorSigner:
    """Signs cursors with HMAC-SHA256. `shape` binds one to a resource, a sort order and the filters in use."""

    def __init__(self, secret: str) -> None:
        self._secret = hashlib.sha256(b"cursor:" + secret.encode()).digest()

    def sign(self, shape: str, payload: bytes) -> str:
        """Return the cursor for the payload that a statement wrote."""
        return base64.urlsafe_b64encode(self._signature(shape, payload) + payload).decode().rstrip("=")

    def verify(self, shape: str, cursor: str) -> bytes:
        """Return the payload. Raises `invalid-cursor` for a cursor that was tampered with or belongs to another list."""
        try:
            if len(cursor) > MAX_CURSOR_CHARACTERS:
                raise ValueError
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            signature, payload = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
            if not hmac.compare_digest(signature, self._signature(shape, payload)):
                raise ValueError
        except (ValueError, binascii.Error):
            raise Problem(
                "invalid-cursor", "Take `next_cursor` of a page of this same list, unchanged."
            ) from None
        return payload

    def signed(self, shape: str, body: bytes) -> bytes:
        """Return a JSON body with every marked payload replaced by its cursor."""
        # Many times faster than the expression's own search, and a page ends with its cursor.
        start = body.find(b"\x01")
        if start < 0:
            return body
        end = MARKED.sub(lambda match: self.sign(shape, match[1]).encode(), body[start:])
        return b"".join((memoryview(body)[:start], end))  # the page is copied once

    def _signature(self, shape: str, payload: bytes) -> bytes:
        return hmac.digest(self._secret, shape.encode() + b"\0" + payload, "sha256")[:SIGNATURE_BYTES]
