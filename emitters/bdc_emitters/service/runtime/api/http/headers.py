"""Request headers that mean something to an operation."""

import re

from services.problems import Problem

from api.http.request import Request

ETAG = re.compile(rb'"([0-9]{1,18})"')
IDEMPOTENCY_KEY = re.compile(rb"[!-~]{1,255}")
JSON_TYPES = frozenset({b"application/json", b"application/merge-patch+json"})


def if_match(request: Request) -> int | None:
    """Return the version that the caller expects; None when he does not care (no header, or `*`)."""
    given = request.headers.get(b"if-match")
    if given is None or given == b"*":
        return None
    match = ETAG.fullmatch(given)
    if match is None:
        raise Problem("malformed-request", 'If-Match must be one strong ETag, such as "3".')
    return int(match[1])


def idempotency_key(request: Request) -> str | None:
    """Return the caller's idempotency key, if any."""
    given = request.headers.get(b"idempotency-key")
    if given is None:
        return None
    if not IDEMPOTENCY_KEY.fullmatch(given):
        raise Problem("malformed-request", "Idempotency-Key must be 1 to 255 visible ASCII characters.")
    return given.decode("ascii")


def require_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON."""
    declared = request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if declared not in JSON_TYPES:
        raise Problem("unsupported-media-type", "Send the body as application/json.")
