"""What settings a service must not start with: values that cannot work anywhere, and those that must not reach production."""

import base64
import binascii
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qs, urlsplit

from services.engine.config import DEVELOPMENT_MARK, Settings
from services.security.identity import BEARER, EXTERNAL

# Settings that may be zero: it means none, or no limit.
_MAY_BE_ZERO = frozenset(
    {
        "rate",
        "proxies",
        "failed_authentications",
        "leeway",
        "waiting",
        "prepared",
        "max_age",
        "drain",
        "replica_wait",
    }
)
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_ACCESS = ("all", "errors", "off")
_TLS = ("require", "verify-ca", "verify-full")
_KEY_BYTES = 32


def refusals(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Return every reason, by the variable to change."""
    found = [
        *_numbers(settings),
        *_database(settings),
        *_secrets(settings),
        *_log(settings),
        *_telemetry(settings),
        *_origins(settings),
    ]
    if settings.production:
        found += [*_production_database(settings, environ), *_production_tokens(settings)]
        found += _production_secrets(settings)
    elif settings.tokens.jwks.startswith(("https:", "http:")):
        found += _url("TOKENS_JWKS", settings.tokens.jwks, ("https", "http"))
    return found


def _numbers(settings: Settings) -> Iterator[str]:
    for name in ("database", "tokens", "limits", "cors"):
        section: Any = getattr(settings, name)
        for member in fields(section):
            value = getattr(section, member.name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            least = "0 or more" if member.name in _MAY_BE_ZERO else "more than 0"
            if value < 0 or (value == 0 and member.name not in _MAY_BE_ZERO):
                yield f"{name}_{member.name}".upper() + f" must be {least}, not {value}"


def _database(settings: Settings) -> Iterator[str]:
    yield from _url("DATABASE_URL", settings.database.url, ("postgresql", "postgres"))
    if settings.database.replica_url:
        yield from _url("DATABASE_REPLICA_URL", settings.database.replica_url, ("postgresql", "postgres"))


def _url(variable: str, text: str, schemes: tuple[str, ...]) -> Iterator[str]:
    """Say what is wrong with an address; never the address itself, which may hold a password."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        yield f"{variable} is no address: {error}"
        return
    if parts.scheme not in schemes:
        yield f"{variable} must begin with {schemes[0]}://"
    elif not parts.hostname and "host=" not in parts.query and parts.scheme in ("https", "http"):
        yield f"{variable} names no host"
    elif port == 0:
        yield f"{variable} names the port 0"


def _log(settings: Settings) -> Iterator[str]:
    if settings.log.level.upper() not in _LEVELS:
        yield f"LOG_LEVEL must be one of {', '.join(_LEVELS)}, not {settings.log.level!r}"
    if settings.log.access not in _ACCESS:
        yield f"LOG_ACCESS must be one of {', '.join(_ACCESS)}, not {settings.log.access!r}"


def _telemetry(settings: Settings) -> Iterator[str]:
    if settings.telemetry.endpoint:
        yield from _url("TELEMETRY_ENDPOINT", settings.telemetry.endpoint, ("https", "http"))
    if not 0 <= settings.telemetry.sample <= 1:
        yield f"TELEMETRY_SAMPLE must be from 0 to 1, not {settings.telemetry.sample}"


def _origins(settings: Settings) -> Iterator[str]:
    for origin in settings.cors.origins:
        if origin == "*":
            if settings.production:
                yield "CORS_ORIGINS must be a list of origins, not *"
            continue
        yield from _url("CORS_ORIGINS", origin, ("https", "http"))


def _secrets(settings: Settings) -> Iterator[str]:
    secrets = settings.secrets
    if len(secrets.cursor) < 16:
        yield "SECRETS_CURSOR must have at least 16 characters"
    for key_id, key in secrets.encryption.items():
        if _size_of(key) != _KEY_BYTES:
            yield f"SECRETS_ENCRYPTION: the key `{key_id}` must be base64 of {_KEY_BYTES} bytes"
    if secrets.encryption_active and secrets.encryption_active not in secrets.encryption:
        yield f"SECRETS_ENCRYPTION_ACTIVE names no key of SECRETS_ENCRYPTION: {secrets.encryption_active!r}"


def _size_of(key: str) -> int:
    try:
        return len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return 0


def _production_database(settings: Settings, environ: Mapping[str, str]) -> Iterator[str]:
    """A connection to another machine is encrypted, and not only when the server likes it."""
    yield from _encrypted("DATABASE_URL", settings.database.url, environ)
    if settings.database.replica_url:
        yield from _encrypted("DATABASE_REPLICA_URL", settings.database.replica_url, environ)


def _encrypted(variable: str, url: str, environ: Mapping[str, str]) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        query = parse_qs(parts.query)
    except ValueError:
        return
    mode = query.get("sslmode", [environ.get("PGSSLMODE", "")])[-1]
    if _is_remote(host, query) and mode not in _TLS:
        yield f"{variable} must say sslmode={_TLS[-1]} (or {_TLS[0]}): the database is on another machine"


def _is_remote(host: str, query: dict[str, list[str]]) -> bool:
    name = query.get("host", [host])[-1]
    if not name or name.startswith("/") or name == "localhost":
        return False
    try:
        return not ipaddress.ip_address(name).is_loopback
    except ValueError:
        return True


def _production_tokens(settings: Settings) -> Iterator[str]:
    if not BEARER or not EXTERNAL:
        return
    for name in ("issuer", "audience", "jwks"):
        if not getattr(settings.tokens, name).strip():
            yield f"TOKENS_{name.upper()} is empty: every token would be refused, or too many taken"
    if settings.tokens.jwks and not settings.tokens.jwks.startswith("https://"):
        yield "TOKENS_JWKS must be an https:// URL outside development"
    elif settings.tokens.jwks:
        yield from _url("TOKENS_JWKS", settings.tokens.jwks, ("https",))
    if settings.tokens.issuer.startswith((DEVELOPMENT_MARK, f"bdc-{DEVELOPMENT_MARK}")):
        yield "TOKENS_ISSUER is the development issuer"


def _production_secrets(settings: Settings) -> Iterator[str]:
    if settings.secrets.cursor.startswith(DEVELOPMENT_MARK):
        yield "SECRETS_CURSOR is the development secret"
    for key_id in settings.secrets.encryption:
        if key_id.startswith(DEVELOPMENT_MARK):
            yield f"SECRETS_ENCRYPTION holds the development key `{key_id}`"
