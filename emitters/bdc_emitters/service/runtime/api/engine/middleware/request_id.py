"""One id per request: the caller's if it is harmless, otherwise a new one; it is in the answer, the logs and the audit rows."""

import os
import re

ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{8,64}")
BYTES = 16
AT_ONCE = 256

_unused: list[bytes] = []
# A forked process must not hand out the ids of its parent.
os.register_at_fork(after_in_child=_unused.clear)


def request_id(given: bytes | None) -> str:
    """Return the id of a request whose `X-Request-Id` header is `given`."""
    if given is not None and ACCEPTED.fullmatch(given):
        return given.decode()
    if not _unused:
        _draw()
    return _unused.pop().hex()


def _draw() -> None:
    """Ask the system's random source for many ids at once: a request then costs no call of the system."""
    drawn = os.urandom(BYTES * AT_ONCE)
    _unused.extend(drawn[start : start + BYTES] for start in range(0, len(drawn), BYTES))
