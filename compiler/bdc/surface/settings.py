"""What the service can be told: sections and settings of each environment, with secrets only by the name of their variable."""

import base64
import hashlib
import json
from collections.abc import Iterator

from bdc.ir import Call, Deploy, Expr, Identity, Literal, ScalarField, SystemIR
from bdc.source.records import dataclass

ENVIRONMENTS = ("development", "staging", "production")


@dataclass(frozen=True, slots=True)
class SettingView:
    """`value` is TOML."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SectionView:
    name: str
    settings: tuple[SettingView, ...]


def sections(system: SystemIR, environment: str) -> Iterator[SectionView]:
    """Yield the sections of one environment."""
    deploys = {deploy.name: deploy for deploy in system.deploys}
    deploy = deploys.get(environment) or (system.deploys[0] if system.deploys else None)
    yield _section("database", **_database(system, environment, deploy))
    if system.identity is not None:
        yield _section("tokens", **_tokens(system, environment))
    limits = [api.limit for api in system.apis if api.limit]
    if limits:
        yield _section("limits", rate=limits[0].count, rate_seconds=limits[0].seconds)
    yield _section("cors", origins="${CORS_ORIGINS:-}")
    yield _section("secrets", **_secrets(system, environment))
    yield _section("log", level="INFO", access="all")
    yield _section("pages", serve=environment == "development")
    yield _section("telemetry", endpoint="${OTEL_EXPORTER_OTLP_ENDPOINT:-}", sample=0.01)


def _section(name: str, **settings: object) -> SectionView:
    return SectionView(name, tuple(SettingView(key, _toml(value)) for key, value in settings.items()))


def _toml(value: object) -> str:
    """Return a TOML value: strings and numbers are written as in JSON, tables inline."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _database(system: SystemIR, environment: str, deploy: Deploy | None) -> dict[str, object]:
    local = f"postgresql://{system.name}_runtime@127.0.0.1:5432/{system.name}"
    url = f"${{DATABASE_URL:-{local}}}" if environment == "development" else "${DATABASE_URL}"
    # The role of a system on shards has the settings of a session: those that a connection sends are for one server.
    shards = {"pooler": True} if deploy and deploy.database.engine == "citus" else {}
    return {"url": url, "pool_size": deploy.database.pool if deploy else 10, **shards}


def _tokens(system: SystemIR, environment: str) -> dict[str, object]:
    identity = system.identity
    if identity is None:
        return {}
    default = ":-" if environment == "development" else ""
    if not has_external_issuer(identity):
        return _development_tokens(system, environment)
    return {
        "issuer": _value(identity.issuer, f"{default}development" if default else ""),
        "audience": _audience(identity, system.name, default),
        "jwks": _value(identity.jwks, default),
    }


def has_external_issuer(identity: Identity | None) -> bool:
    """Return whether tokens of another issuer are taken: always, unless callers sign in here and no `bearer` is written."""
    if identity is None or identity.sign_in is None:
        return True
    return identity.issuer is not None or identity.jwks is not None


def _development_tokens(system: SystemIR, environment: str) -> dict[str, object]:
    """Tokens are the service's own; in development also those that `bdc token` signs."""
    if environment != "development":
        return {"audience": system.name}
    return {"issuer": "${JWT_ISSUER:-development}", "audience": system.name, "jwks": "${JWKS_URL:-}"}


def _audience(identity: Identity, name: str, default: str) -> str:
    if identity.audience_variable is None:
        return identity.audience or name
    return f"${{{identity.audience_variable}{f'{default}{name}' if default else ''}}}"


def _value(expr: Expr | None, default: str) -> str:
    """Return a literal, or the reference to the variable that `env("NAME")` names."""
    if isinstance(expr, Call) and expr.function == "env" and isinstance(expr.arguments[0], Literal):
        return f"${{{expr.arguments[0].value}{default}}}"
    return str(expr.value) if isinstance(expr, Literal) else ""


def encrypts(system: SystemIR) -> bool:
    """Return whether the service needs keys of encryption: for fields, or for the keys that it signs tokens with."""
    if system.identity is not None and system.identity.sign_in is not None:
        return True
    return any(
        isinstance(field, ScalarField) and field.encrypted for e in system.entities for field in e.fields
    )


def _secrets(system: SystemIR, environment: str) -> dict[str, object]:
    encrypted = encrypts(system)
    if environment != "development":
        secrets: dict[str, object] = {"cursor": "${CURSOR_KEY}"}
        return secrets | ({"encryption": "${ENCRYPTION_KEYS}"} if encrypted else {})
    secrets = {"cursor": f"development-only-{system.name}"}
    key = base64.b64encode(hashlib.sha256(f"development {system.name}".encode()).digest()).decode()
    return secrets | ({"encryption": {"development-1": key}} if encrypted else {})
