"""One id per request: the caller's if it is harmless, otherwise a new one; it is in the answer, the logs and the audit rows."""

import re
import secrets

ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{8,64}")


def request_id(given: bytes | None) -> str:
    """Return the id of a request whose `X-Request-Id` header is `given`."""
    if given is not None and ACCEPTED.fullmatch(given):
        return given.decode()
    return secrets.token_hex(16)
