"""Request headers that mean something to an operation."""

import re

from api.engine.http.request import Request
from services.engine.problems import Problem

ENTITY_TAGS = re.compile(rb'(?:W/)?"[!#-~]*"(?:[ \t]*,[ \t]*(?:W/)?"[!#-~]*")*')
OURS = re.compile(rb'(?<!W/)"([0-9]{1,18})(?:-[0-9a-f]{16})?"')
TAGS = re.compile(rb'"[!#-~]*"')
NEVER = -1  # no row has this version
IDEMPOTENCY_KEY = re.compile(rb"[!-~]{1,255}")
JSON_TYPES = frozenset({b"application/json", b"application/merge-patch+json"})


def if_match(request: Request) -> int | None:
    """Return the version that the caller expects; None when he does not care (no header, or `*`). A tag that is not one of
    ours, or is weak, matches no row (RFC 9110, 13.1.1): `NEVER`."""
    given = request.headers.get(b"if-match")
    if given is None or given == b"*":
        return None
    versions = set(OURS.findall(given)) if ENTITY_TAGS.fullmatch(given) else None
    if versions is None or len(versions) > 1:
        raise Problem("malformed-request", 'If-Match must be the ETag of one version, such as "3".')
    return int(versions.pop()) if versions else NEVER


def if_none_match(request: Request, tag: bytes) -> bool:
    """Whether the caller says that it has the answer `tag` (RFC 9110, 13.1.2): tags are compared weakly, `*` is any."""
    given = request.headers.get(b"if-none-match")
    if given is None:
        return False
    return given == b"*" or (ENTITY_TAGS.fullmatch(given) is not None and tag in TAGS.findall(given))


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
