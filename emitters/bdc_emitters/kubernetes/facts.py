"""Names and numbers that every manifest shares."""

from dataclasses import replace
from math import ceil
from typing import Any

from bdc.ir import DatabaseDeploy, Deploy, External, ServiceDeploy, SystemIR, variable_of
from bdc.ir.sizes import GIBIBYTE, MEBIBYTE, RESERVED_CONNECTIONS, ROLLOUT_SURGE, poolers
from bdc.naming.dns import label
from bdc.query.consuming import nats_variables
from bdc.query.refreshed import Refreshed, refreshed_views
from bdc.source.records import dataclass
from bdc.surface.mails import mail_senders
from bdc.surface.settings import encrypts

Manifest = dict[str, Any]

UID = 10001  # above the range that host users have (Pod Security, CIS)
PORT = 8080
REGISTRY = "registry.example.com"
# No registry holds this digest: an overlay that the pipeline has not touched pulls nothing.
UNSET_DIGEST = "sha256:" + "0" * 64


@dataclass(frozen=True)
class Facts:
    """`name` is the system's name with dashes; `deploy` is what the base is written for, the others patch it."""

    name: str
    title: str
    system: str
    deploy: Deploy
    service: ServiceDeploy
    database: DatabaseDeploy
    deploys: tuple[Deploy, ...]
    issuer_variable: str | None
    jwks_variable: str | None
    paths: tuple[str, ...]
    audience_variable: str | None = None
    refreshed: tuple[Refreshed, ...] = ()
    encrypted: bool = False
    jobs: bool = False
    rows: int = 0
    relay: bool = False
    nats: tuple[str, ...] = ()
    externals: tuple[External, ...] = ()
    calls: bool = False
    calling_jobs: bool = False
    webhook_secrets: tuple[str, ...] = ()
    reads_replica: bool = False
    mails: bool = False
    mail_senders: tuple[str, ...] = ()
    shares_limits: bool = False

    @property
    def namespace(self) -> str:
        return self.name

    @property
    def replica_pool(self) -> int:
        """How many connections one replica of the service may open to the standbys: these take them without a pooler between."""
        services = ceil(self.service.replicas_max * ROLLOUT_SURGE)
        free = self.database.connections - RESERVED_CONNECTIONS
        return max(1, min(self.database.pool, free // services - 1))

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """What the Secret of the service holds: password of its role, key of its cursors, keys of encrypted fields, secrets of webhooks that come in."""
        own = ("database_password", "cursor_key", *(("encryption_keys",) if self.encrypted else ()))
        own += ("smtp_url",) if self.mails else ()
        return own + self.external_secrets + self.webhook_secrets

    @property
    def external_secrets(self) -> tuple[str, ...]:
        """The variables with which callers show themselves to other services, each the name of its secret."""
        return tuple(dict.fromkeys(name for each in self.externals for name in each.secrets))

    @property
    def external_settings(self) -> dict[str, str]:
        """The other variables of other services, with what stands for their values until they are known."""
        found = {
            name: f"https://{label(each.name)}.example.com"
            for each in self.externals
            for name in each.variables
            if name not in self.external_secrets
        }
        names = {text.variable for each in self.externals for text in each.names}
        found |= dict.fromkeys(self.mail_senders, f"no-reply@{self.name}.example.com")
        return {name: label(name) if name in names else value for name, value in found.items()}

    @property
    def poolers(self) -> int:
        return poolers(self.deploy)

    def of(self, deploy: Deploy) -> "Facts":
        """Return the same facts for another deploy."""
        service = service_of(deploy, self.service.api)
        return replace(self, deploy=deploy, service=service, database=deploy.database)

    @property
    def image(self) -> str:
        return f"{REGISTRY}/{self.name}"

    @property
    def selector(self) -> dict[str, str]:
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/instance": self.name}

    @property
    def relay_labels(self) -> dict[str, str]:
        """What marks the pods that deliver events."""
        return {"app.kubernetes.io/name": f"{self.name}-relay", "app.kubernetes.io/instance": self.name}

    def labels(self, component: str) -> dict[str, str]:
        return {
            **self.selector,
            "app.kubernetes.io/component": component,
            "app.kubernetes.io/part-of": self.name,
            "app.kubernetes.io/managed-by": "bdc",
        }

    def metadata(self, component: str, suffix: str = "") -> Manifest:
        return {"name": self.name + suffix, "namespace": self.namespace, "labels": self.labels(component)}


def facts_of(system: SystemIR) -> Facts:
    """The base is written for `production` where there is one, else for the first deploy, else for defaults."""
    deploys = system.deploys
    chosen = next(
        (deploy for deploy in deploys if deploy.name == "production"), deploys[0] if deploys else None
    )
    api = system.apis[0]
    service = service_of(chosen, api.name) if chosen else ServiceDeploy(api=api.name)
    base = chosen or Deploy(name="production", services=(service,), origin=api.origin)
    return Facts(
        name=label(system.name),
        title=system.title,
        system=system.name,
        deploy=base,
        service=service,
        database=base.database,
        deploys=deploys or (base,),
        issuer_variable=variable_of(system.identity.issuer) if system.identity else None,
        jwks_variable=variable_of(system.identity.jwks) if system.identity else None,
        paths=_paths(system),
        audience_variable=system.identity.audience_variable if system.identity else None,
        refreshed=refreshed_views(system),
        encrypted=encrypts(system),
        jobs=bool(system.jobs),
        relay=system.has_relay,
        nats=nats_variables(system),
        externals=system.externals,
        calls=system.calling_operations,
        reads_replica=system.reads_replica,
        shares_limits=system.shares_limits,
        calling_jobs=system.calling_jobs,
        mails=bool(system.mails),
        mail_senders=mail_senders(system),
        webhook_secrets=tuple(dict.fromkeys(each.variable.lower() for each in system.receivers)),
        rows=sum(entry.amount for entry in system.load.rows) if system.load else 0,
    )


def service_of(deploy: Deploy, api: str) -> ServiceDeploy:
    """Return what a deploy says of an api; defaults when it says nothing."""
    return next((service for service in deploy.services if service.api == api), ServiceDeploy(api=api))


def _paths(system: SystemIR) -> tuple[str, ...]:
    found = [api.path for api in system.apis]
    found += [api.graphql.path for api in system.apis if api.graphql]
    found += [each.path for each in system.receivers]
    return tuple(dict.fromkeys(found))


def cpu(cores: float | None, default: float) -> str:
    """Kubernetes' form of a number of cores: `500m`, `2`."""
    value = default if cores is None else cores
    return str(int(value)) if float(value).is_integer() else f"{round(value * 1000)}m"


def size(count: int | None, default: int) -> str:
    """Kubernetes' form of a number of bytes, in Gi or Mi."""
    value = default if count is None else count
    return f"{value // GIBIBYTE}Gi" if value % GIBIBYTE == 0 else f"{value // MEBIBYTE}Mi"
