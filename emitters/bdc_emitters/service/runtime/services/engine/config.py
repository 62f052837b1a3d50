"""Settings: `config/<environment>/service.toml`, overridden by environment variables, checked once at start.

A setting `pool_size` of section `[database]` is overridden by `DATABASE_POOL_SIZE`. `DATABASE_POOL_SIZE_FILE` names a file
that holds the value (secrets mounted as files). A value `"${NAME}"` in the file is taken from that variable. Whatever is
missing or wrong is listed in one `ConfigurationError`, by the name to change.
"""

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

DEVELOPMENT_MARK = "development"


class ConfigurationError(Exception):
    """The service cannot start with these settings; the message lists every reason."""


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """`password`: in place of the one in `url`. `pooler`: behind PgBouncer in transaction mode, so nothing is sent at connect.
    `prepared`: statements that one connection keeps, and as many within transactions. `waiting`: requests that may wait for a connection. `replica_url`: replicas, without
    a pooler between, for operations that may read them; one that is more than `replica_lag` behind is not read. `replica_wait`: how long
    a read waits until a replica has the caller's own writes. Times in seconds."""

    url: str
    password: str = ""
    pool_size: int = 10
    acquire_timeout: float = 2.0
    waiting: int = 200
    connect_timeout: float = 5.0
    statement_timeout: float = 5.0
    prepared: int = 300
    pooler: bool = False
    replica_url: str = ""
    replica_pool_size: int = 10
    replica_lag: float = 10.0
    replica_wait: float = 0.1


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Where bearer tokens come from. `jwks` is an https URL; outside production also a file path."""

    issuer: str = ""
    audience: str = ""
    jwks: str = ""
    algorithms: tuple[str, ...] = ("ES256", "RS256", "EdDSA")
    types: tuple[str, ...] = ("JWT", "at+jwt")
    leeway: int = 30
    cache_size: int = 10_000
    jwks_ttl: int = 600
    jwks_stale: int = 86_400
    jwks_max_bytes: int = 65_536


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What one request may cost. `rate` calls per `rate_seconds` (0: no limit), and `failed_authentications` per address in the
    same time. `proxies`: how many proxies in front of this service add an address to `X-Forwarded-For`. `store`: the Valkey that all processes count calls in (`valkey://host:6379`); '' counts in each process. Sizes in bytes, times in seconds."""

    body_bytes: int = 1_048_576
    header_bytes: int = 32_768
    json_depth: int = 32
    timeout: float = 10.0
    rate: int = 0
    rate_seconds: int = 60
    drain: float = 20.0
    failed_authentications: int = 100
    proxies: int = 0
    store: str = ""


@dataclass(frozen=True, slots=True)
class CorsSettings:
    """Origins that a browser may call from; empty: none."""

    origins: tuple[str, ...] = ()
    max_age: int = 600


@dataclass(frozen=True, slots=True)
class SecretSettings:
    """`cursor`: the key that signs cursors. `encryption`: key id → base64 of 32 bytes (as text: `id=key` by comma or line);
    `encryption_active` (default: the first) encrypts, the others only decrypt (rotation)."""

    cursor: str = ""
    encryption_active: str = ""
    encryption: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`access`: all, errors or off."""

    level: str = "INFO"
    access: str = "all"


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """Where traces and metrics are sent by OTLP over HTTP (`http://collector:4318`); '' sends nothing. `sample`: the share of requests
    without a trace of their caller's that are traced. `headers`: what the collector asks for (as text: `name=value` by comma)."""

    endpoint: str = ""
    sample: float = 0.01
    most_per_second: int = 100
    metrics: bool = True
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageSettings:
    """`serve`: show pages to browsers (`/docs`, and GraphiQL where GraphQL is answered)."""

    serve: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one process."""

    environment: str
    database: DatabaseSettings
    tokens: TokenSettings
    limits: LimitSettings
    cors: CorsSettings
    secrets: SecretSettings
    log: LogSettings
    telemetry: TelemetrySettings
    pages: PageSettings = PageSettings()

    @property
    def production(self) -> bool:
        """Say whether development conveniences must be refused."""
        return self.environment not in (DEVELOPMENT_MARK, "test")


_UNREAD = (
    "postgresql://localhost"  # stands for the one setting without a default; its absence has been reported
)
_SECTIONS: dict[str, type] = {
    "database": DatabaseSettings,
    "tokens": TokenSettings,
    "limits": LimitSettings,
    "cors": CorsSettings,
    "secrets": SecretSettings,
    "log": LogSettings,
    "telemetry": TelemetrySettings,
    "pages": PageSettings,
}


def load_settings(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """Read the settings of `ENVIRONMENT` (default: development). Raises `ConfigurationError` with every reason."""
    from services.engine.config_checks import refusals

    environ = os.environ if environ is None else environ
    environment = environ.get("ENVIRONMENT", DEVELOPMENT_MARK)
    document = _document(environ, root)
    problems: list[str] = []
    sections = {
        name: _section(name, shape, document.pop(name, {}), environ, problems)
        for name, shape in _SECTIONS.items()
    }
    problems += [f"service.toml: there is no section [{name}]" for name in document]
    settings = Settings(environment=environment, **sections)
    unread = {problem.split()[0].rstrip(":") for problem in problems}
    problems += [
        reason for reason in refusals(settings, environ) if reason.split()[0].rstrip(":") not in unread
    ]
    if problems:
        raise _refused("configuration is", problems)
    return settings


def _document(environ: Mapping[str, str], root: Path | None) -> dict[str, Any]:
    """Return the sections of the file of this environment. Raises `ConfigurationError`."""
    root = root or Path(environ.get("CONFIG_DIR", Path(__file__).parents[2] / "config"))
    environment = environ.get("ENVIRONMENT", DEVELOPMENT_MARK)
    path = root / environment / "service.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise _refused("configuration is", [f"ENVIRONMENT={environment}: cannot read {path}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused("configuration is", [f"{path}: {error}"]) from None


def _refused(subject: str, problems: list[str]) -> ConfigurationError:
    """One line each: what a log collector, and a person at the end of a crash loop, sees."""
    lines = (" ".join(problem.split()) for problem in problems)
    return ConfigurationError(f"the {subject} not usable:\n" + "\n".join(f"  {line}" for line in lines))


def load_secrets(environ: Mapping[str, str] | None = None, root: Path | None = None) -> SecretSettings:
    """Read the section `[secrets]` alone, for commands that serve nothing. Raises `ConfigurationError` with every reason."""
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    given = _document(environ, root).get("secrets", {})
    # Seeds need no cursors: their key may be missing.
    section = _section("secrets", SecretSettings, {**given, "cursor": ""}, environ, problems)
    if problems:
        raise _refused("secrets are", problems)
    return section  # type: ignore[no-any-return]


def _section(name: str, shape: Any, given: Any, environ: Mapping[str, str], problems: list[str]) -> Any:
    """Build one settings dataclass; report unknown, missing and mistyped members into `problems`. What could not be read stands
    at its default meanwhile, so that the rest can be checked as well."""
    hints = get_type_hints(shape)
    if not isinstance(given, dict):
        problems.append(f"[{name}] must be a section")
        given = {}
    known = {member.name: member for member in fields(shape)}
    problems += [f"[{name}] has no setting `{key}`" for key in given if key not in known]
    values: dict[str, Any] = {}
    for member in known.values():
        variable = f"{name}_{member.name}".upper()
        try:
            raw = _override(variable, environ)
            raw = _expanded(given.get(member.name), environ) if raw is None else raw
            if raw is not None:
                values[member.name] = _typed(raw, hints[member.name])
            elif member.default is MISSING and member.default_factory is MISSING:
                problems.append(f"{variable} is not set (nor [{name}] {member.name} in service.toml)")
        except (ValueError, OSError) as error:
            problems.append(f"{variable}: {error}")
    needed = {name for name, member in known.items() if member.default is member.default_factory is MISSING}
    return shape(**(dict.fromkeys(needed, _UNREAD) | values))


def _override(variable: str, environ: Mapping[str, str]) -> str | None:
    if variable in environ:
        return environ[variable]
    if f"{variable}_FILE" in environ:
        return Path(environ[f"{variable}_FILE"]).read_text(encoding="utf-8").strip()
    return None


def _expanded(value: Any, environ: Mapping[str, str]) -> Any:
    """Replace `"${NAME}"` (or `"${NAME:-default}"`) by the variable NAME, or by the content of the file NAME_FILE."""
    if isinstance(value, dict):
        return {key: _expanded(item, environ) for key, item in value.items()}
    if not (isinstance(value, str) and value.startswith("${") and value.endswith("}")):
        return value
    name, has_default, default = value[2:-1].partition(":-")
    found = _override(name, environ)
    if found is None and not has_default:
        raise ValueError(f"the environment variable {name} is not set")
    return default if found is None else found


def _typed(raw: Any, hint: Any) -> Any:
    """Return `raw` (text from the environment, or a TOML value) as `hint`; ValueError says what was expected."""
    if hint is bool:
        if str(raw).lower() not in ("true", "false", "1", "0"):
            raise ValueError(f"expected true or false, not {raw!r}")
        return str(raw).lower() in ("true", "1")
    if hint in (int, float):
        return _number(raw, hint)
    if hint is str:
        return str(raw)
    if hint == tuple[str, ...]:
        items = raw.split(",") if isinstance(raw, str) else raw
        return tuple(item.strip() for item in items if item.strip())
    if isinstance(raw, str):
        return _pairs(raw)
    return dict(raw)


def _number(raw: Any, hint: type) -> int | float:
    try:
        found: int | float = hint(raw)
    except (ValueError, TypeError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"expected {'a whole number' if hint is int else 'a number'}, not {raw!r}")
    return found


def _pairs(raw: str) -> dict[str, str]:
    pairs = [pair.strip() for pair in raw.replace("\n", ",").split(",") if pair.strip()]
    if not all("=" in pair for pair in pairs):
        raise ValueError("expected `name=value` pairs")
    return dict(pair.split("=", 1) for pair in pairs)
