"""What `threat-model.md` says: entry points, stores, others that are called, trust boundaries, and STRIDE with what is left."""

from collections.abc import Iterator

from bdc.ir import DeployText, HandlerBody, SystemIR
from bdc.ir.compiled import ANONYMOUS_ROLE
from bdc.source.records import dataclass
from bdc.surface import endpoints
from bdc_emitters.compliance.controls import CONTROLS
from bdc_emitters.compliance.evidence import applies
from bdc_emitters.compliance.facts import Facts, facts_of
from bdc_emitters.compliance.people import parts_of
from bdc_emitters.compliance.stride import BOUNDARIES, THREATS


@dataclass(frozen=True, slots=True)
class RowView:
    """`first` and `second` columns of a table of two."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ThreatView:
    kind: str
    threat: str
    control: str
    residual: str


@dataclass(frozen=True, slots=True)
class BoundaryView:
    number: str
    title: str
    threats: tuple[ThreatView, ...]


@dataclass(frozen=True, slots=True)
class ModelView:
    title: str
    entries: tuple[RowView, ...]
    stores: tuple[RowView, ...]
    externals: tuple[RowView, ...]
    boundaries: tuple[BoundaryView, ...]


def threat_view(system: SystemIR) -> ModelView:
    """Return the view of the page."""
    facts = facts_of(system)
    boundaries = []
    for number, (name, title) in enumerate(BOUNDARIES, start=1):
        threats = tuple(
            ThreatView(each.kind, each.threat, _controls(each.control, facts), each.residual)
            for each in THREATS
            if each.boundary == name and (not each.needs or getattr(facts, each.needs))
        )
        boundaries.append(BoundaryView(str(number), title, threats))
    return ModelView(
        system.title,
        tuple(_entries(system)),
        tuple(_stores(system, facts)),
        tuple(_externals(system, facts)),
        tuple(each for each in boundaries if each.threats),
    )


def _controls(names: str, facts: Facts) -> str:
    """Return those of the controls that the system has."""
    having = {control.id for control in CONTROLS if applies(control, facts)}
    return ", ".join(f"`{name}`" for name in names.split(", ") if name in having) or "**none**"


def _entries(system: SystemIR) -> Iterator[RowView]:
    offered = endpoints(system)
    for api in system.apis:
        own = [each for each in offered if each.api.name == api.name]
        writing = sum(each.writes for each in own)
        auth = " or ".join("a token" if kind == "bearer" else "an API key" for kind in api.auth) or "nothing"
        yield RowView(
            f"REST `{api.path}`", f"{len(own)} operations, {writing} of them write; callers show {auth}"
        )
        if api.graphql is not None:
            yield RowView(
                f"GraphQL `{api.graphql.path}`", "the same rows and operations; depth and cost are limited"
            )
        handlers = [
            each.id for each in own if each.operation and isinstance(each.operation.body, HandlerBody)
        ]
        if handlers:
            yield RowView("code of your own", ", ".join(f"`{name}`" for name in handlers))
    opened = sorted(
        {
            f"{action} {policy.entity}"
            for policy in system.policies
            for rule in policy.rules
            if rule.effect == "allow" and ANONYMOUS_ROLE in rule.roles
            for action in rule.actions
        }
    )
    yield RowView("without any credential", ", ".join(opened) or "health, and nothing of the data")
    yield RowView("health and metrics", "`/livez`, `/readyz` and `/metrics`: inside the cluster only")
    yield RowView("the database, as its administrator or migrator", "people and the migration job")


def _stores(system: SystemIR, facts: Facts) -> Iterator[RowView]:
    for entity in system.entities:
        parts = list(parts_of(system, entity))
        marks = ["audited"] if entity.audited else []
        if parts:
            names = ", ".join(
                f"`{part.field}`" + (" (encrypted)" if part.encrypted else "") for part in parts
            )
            marks.append(f"personal: {names}")
        if marks:
            yield RowView(entity.name, "; ".join(marks))
    rest = sum(
        1
        for entity in system.entities
        if not entity.audited and not any(True for _ in parts_of(system, entity))
    )
    yield RowView(f"{rest} other tables", "no personal data is declared in them")
    yield RowView(
        "`app.audit_log`, `app.outbox`, `app.idempotency_key`",
        "changes without personal data; events; answers of 24 hours",
    )
    if facts.signs_in:
        yield RowView(
            "`app.credential`, `app.session`, `app.refresh_token`, `app.signing_key`",
            "argon2id hashes; sessions; SHA-256 of refresh tokens; signing keys, private halves encrypted. "
            "No role of the service may read or write them: functions of the owner do",
        )
    if facts.keys:
        yield RowView("`app.api_key`", "SHA-256 of each key")
    if facts.backups:
        yield RowView("object store", "base backups and write-ahead log: everything above")


def _where(address: DeployText) -> str:
    return f"the variable `{address.variable}`" if address.variable else address.text


def _externals(system: SystemIR, facts: Facts) -> Iterator[RowView]:
    if facts.tokens:
        yield RowView("issuer of tokens", "its key set (JWKS) decides which tokens hold")
    for each in system.externals:
        sent = sorted({parameter.name for operation in each.operations for parameter in operation.parameters})
        shown = each.auth.kind if each.auth is not None else "no credential"
        what = f"{len(each.operations)} operations, called with {shown}; it is sent " + (
            ", ".join(f"`{name}`" for name in sent) or "nothing"
        )
        yield RowView(f"{each.name} ({_where(each.address)})", what)
    yield RowView("registry and package index", "the image and what it is built from")
    if any(deploy.secrets for deploy in system.deploys):
        yield RowView("secret store", "passwords and keys")
    if facts.backups:
        yield RowView("object store", "backups")
    if any(deploy.alerts for deploy in system.deploys):
        yield RowView("alert receivers", "names of alerts and of environments")
