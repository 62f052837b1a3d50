"""Cross-origin requests: an exact list of origins, never with cookies."""

from api.engine.http.answer import Answer, Headers
from services.engine.config import CorsSettings
from services.security.identity import OWN_HEADERS

ALLOWED_HEADERS = (
    b"authorization, content-type, idempotency-key, if-match, prefer, x-api-key, x-request-id" + OWN_HEADERS
)
EXPOSED_HEADERS = b"etag, location, preference-applied, retry-after, x-request-id"


class Cors:
    """Answers preflights and adds the headers that let a browser read an answer."""

    def __init__(self, settings: CorsSettings) -> None:
        self._origins = frozenset(origin.encode() for origin in settings.origins)
        self._any = b"*" in self._origins
        self._max_age = str(settings.max_age).encode()

    def headers(self, origin: bytes | None) -> Headers:
        """Return the headers for an answer to `origin`; none when it is not on the list."""
        if origin is None or not self._origins:
            return ()
        if not self._any and origin not in self._origins:
            return ((b"vary", b"origin"),)
        return (
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", EXPOSED_HEADERS),
            (b"vary", b"origin"),
        )

    def preflight(self, methods: tuple[str, ...]) -> Answer:
        """Return the answer to OPTIONS on a path that has `methods`."""
        allowed = ", ".join((*methods, "OPTIONS")).encode()
        headers: Headers = ((b"allow", allowed),)
        if self._origins:
            headers += (
                (b"access-control-allow-methods", allowed),
                (b"access-control-allow-headers", ALLOWED_HEADERS),
                (b"access-control-max-age", self._max_age),
            )
        return Answer(204, headers=headers)
