"""What an environment still needs before it serves real users: facts that only the user knows, and that no default replaces."""

from collections.abc import Callable, Iterator

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.targets import MISSING_FOR_PRODUCTION
from bdc.ir import Deploy, SystemIR, variable_of
from bdc.model import Model
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class MissingForProduction(Fact):
    DIAGNOSTIC = MISSING_FOR_PRODUCTION

    deploy: str
    fact: str
    span: Span | None
    help: str


def missing_for_production(model: Model, system: SystemIR) -> Iterator[MissingForProduction]:
    """Yield what the deploy `production` (else every one that is not embedded) leaves unsaid."""
    served = [deploy for deploy in system.deploys if not deploy.database.embedded]
    chosen = [deploy for deploy in served if deploy.name == "production"] or served
    places = {deploy.name: deploy.span for deploy in model.deploys}
    if not chosen:
        help = "write `deploy production { … }`"
        yield MissingForProduction("production", "anything: it is not declared", None, help)
    for deploy in chosen:
        for fact, help in _missing(system, deploy):
            yield MissingForProduction(deploy.name, fact, places.get(deploy.name), help)


# What is missing, in words; whether it is said; what to write.
_FACTS: tuple[tuple[str, Callable[[Deploy], bool], str], ...] = (
    (
        "which registry holds the image",
        lambda deploy: deploy.registry is not None,
        'registry: "ghcr.io/acme"',
    ),
    ("which host it answers to", lambda deploy: deploy.host is not None, 'host: "api.example.com"'),
    (
        "where its certificate comes from",
        lambda deploy: deploy.tls is not None or deploy.gateway is not None,
        'tls: { issuer: "letsencrypt" }',
    ),
    (
        "which store has its secrets",
        lambda deploy: deploy.secrets is not None,
        'secrets: { store: "vault"  path: "shop/production" }',
    ),
    (
        "where its backups are kept",
        lambda deploy: deploy.backup is not None,
        'backup: { store: "s3://acme-backups/shop"  retention: 30d  rpo: 5m  rto: 1h }',
    ),
    (
        "how long a restore may take",
        lambda deploy: deploy.backup is None or deploy.backup.rto is not None,
        "backup: { … rto: 1h }",
    ),
    (
        "where alerts that page are sent",
        lambda deploy: deploy.alerts is not None and deploy.alerts.page is not None,
        'alerts: { page: env("PAGE_WEBHOOK")  ticket: env("TICKET_WEBHOOK") }',
    ),
    (
        "how much memory the database has",
        lambda deploy: deploy.database.memory_limit is not None,
        "database postgres { cpu: 1..4  memory: 4Gi }",
    ),
    (
        "how large the disk of the database is",
        lambda deploy: deploy.database.storage_bytes is not None,
        "database postgres { storage: 50Gi }",
    ),
    (
        "a second server for the database",
        lambda deploy: deploy.database.replicas > 1,
        "database postgres { replicas: 2 }",
    ),
    (
        "what it promises",
        lambda deploy: any(service.availability for service in deploy.services),
        "service … { slo: { availability: 99.9%  latency_p95: 250ms } }",
    ),
)


# Nothing of these is done for the servers of a Citus cluster.
_OF_ONE_SERVER = ("where its backups are kept", "a second server for the database")


def _missing(system: SystemIR, deploy: Deploy) -> Iterator[tuple[str, str]]:
    sharded = deploy.database.engine == "citus"
    for fact, is_said, example in _FACTS:
        if not is_said(deploy) and not (sharded and fact in _OF_ONE_SERVER):
            written = example.replace("database postgres", "database citus") if sharded else example
            yield fact, f"write `{written}`"
    for member, variable in _read_by_identity(system):
        said = getattr(deploy.identity, member) if deploy.identity is not None else None
        if said is None:
            yield (
                f"the {member} of its tokens",
                f"write `identity: {{ {member}: … }}`; the service reads {variable}",
            )


def _read_by_identity(system: SystemIR) -> Iterator[tuple[str, str]]:
    """Yield what `identity` takes from the environment, and the name of each variable."""
    identity = system.identity
    if identity is None:
        return
    found = {
        "issuer": variable_of(identity.issuer),
        "jwks": variable_of(identity.jwks),
        "audience": identity.audience_variable or "",
    }
    yield from ((member, variable) for member, variable in found.items() if variable)
