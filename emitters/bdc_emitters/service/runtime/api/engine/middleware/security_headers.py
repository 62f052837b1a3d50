"""Headers that tell browsers to be careful: nothing of this service is to be framed, sniffed, cached or run as a script."""

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
)

NAMES = frozenset(name for name, _ in HEADERS)

PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def with_defaults(given: tuple[tuple[bytes, bytes], ...]) -> list[tuple[bytes, bytes]]:
    """Return `given` and those of `HEADERS` that it does not set itself."""
    names = [name for name, _ in given]
    if NAMES.isdisjoint(names):
        return [*given, *HEADERS]
    return [*given, *(pair for pair in HEADERS if pair[0] not in names)]
