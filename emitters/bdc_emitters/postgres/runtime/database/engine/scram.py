"""What PostgreSQL stores in place of a password (RFC 5802, RFC 7677), computed here so that the password stays here."""

import hashlib
import hmac
import os
from base64 import b64encode

ITERATIONS = 4096  # PostgreSQL's own default; passwords of roles are long and random


def scram_verifier(password: str, salt: bytes | None = None) -> str:
    """Return the verifier of an ASCII password."""
    grain = salt if salt is not None else os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), grain, ITERATIONS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    server = _keyed(salted, b"Server Key")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(grain)}${_text(stored)}:{_text(server)}"


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _text(value: bytes) -> str:
    return b64encode(value).decode("ascii")
