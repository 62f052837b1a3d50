"""How much there is of everything, and where it runs. `extends` has been applied; sizes are in bytes, times in seconds."""

from typing import Literal

from pydantic import Field

from bdc.ir.base import Node, Origin


class LoadEntry(Node):
    name: str
    amount: int


class LoadPart(Node):
    """Requests per second of one kind, of those that an api takes: `writes` are create, update and delete, `operations` all others
    that REST offers."""

    api: str
    part: Literal["reads", "writes", "operations", "graphql"]
    amount: int


class Load(Node):
    """Rows per entity, new rows per day per entity, requests per second per api, and of which kinds these are."""

    rows: tuple[LoadEntry, ...] = ()
    rps: tuple[LoadEntry, ...] = ()
    growth: tuple[LoadEntry, ...] = ()
    parts: tuple[LoadPart, ...] = ()


class DeployText(Node):
    """What an environment says: `text`, or the variable that has it when it is deployed (`env("NAME")`)."""

    text: str = ""
    variable: str = ""


class DeployTls(Node):
    """`issuer`: the ClusterIssuer of cert-manager that makes the certificate. `secret`: where it is kept."""

    issuer: str | None = None
    secret: str | None = None


class DeployGateway(Node):
    """The Gateway of the platform that routes are attached to."""

    name: str = "public"
    namespace: str = "gateway-system"
    listener: str = "https"


class DeployIngress(Node):
    """The Ingress controller that routes, instead of a Gateway."""

    ingress_class: str | None = None
    namespace: str | None = None


class DeployIdentity(Node):
    """Values of what `identity` reads from its environment."""

    issuer: DeployText | None = None
    jwks: DeployText | None = None
    audience: DeployText | None = None


class DeploySecrets(Node):
    """The store of External Secrets that has the secrets. `path`: the prefix of their names there."""

    store: str
    scope: Literal["cluster", "namespace"] = "cluster"
    path: str | None = None


class DeployBackup(Node):
    """Backups and archive of write-ahead log in an object store. Times in seconds; `schedule` is five fields of cron.

    `access`: keys in a Secret, or the identity of the pods. `rpo`: how much may be lost. `rto`: how long a restore may take."""

    store: DeployText
    endpoint: DeployText | None = None
    access: Literal["secret", "role"] = "secret"
    schedule: str = "0 2 * * *"
    retention: float = 2_592_000.0
    rpo: float = 300.0
    rto: float | None = None


class DeployAlerts(Node):
    """Webhooks that alerts are sent to."""

    page: DeployText | None = None
    ticket: DeployText | None = None


class DeployPooler(Node):
    """PgBouncer before the database. `cpu` in cores, `memory` in bytes; `replicas`: None follows the database."""

    replicas: int | None = None
    cpu_request: float = 0.1
    cpu_limit: float = 1.0
    memory_request: int = 67_108_864
    memory_limit: int = 134_217_728


class DeployValkey(Node):
    """What the limits of callers are counted in, together for all processes. `cpu` in cores, `memory` in bytes."""

    cpu_request: float = 0.05
    cpu_limit: float = 0.5
    memory_request: int = 67_108_864
    memory_limit: int = 134_217_728


class DatabaseDeploy(Node):
    """`cpu` in cores, `memory` in bytes. `connections`: the server's `max_connections`. `durability`: whether a write waits
    for a replica when there is none. Of Citus: `workers` servers hold the `shards`, and one coordinates."""

    engine: Literal["postgres", "citus"] = "postgres"
    version: int = 18
    replicas: int = 1
    storage_bytes: int | None = None
    pool: int = 10
    embedded: bool = False
    cpu_request: float | None = None
    cpu_limit: float | None = None
    memory_request: int | None = None
    memory_limit: int | None = None
    connections: int = 200
    durability: Literal["preferred", "required"] = "preferred"
    workers: int = 2
    shards: int = 32


class ServiceDeploy(Node):
    """`cpu` in cores, `memory` in bytes, `cpu_target` a ratio, `requests_target` requests in flight per
    replica, `availability` a ratio, `latency_p95` in seconds. `rollout`: how a new version takes over."""

    api: str
    replicas_min: int = 1
    replicas_max: int = 1
    cpu_target: float | None = None
    requests_target: int | None = None
    cpu_request: float | None = None
    cpu_limit: float | None = None
    memory_request: int | None = None
    memory_limit: int | None = None
    availability: float | None = None
    latency_p95: float | None = None
    rollout: Literal["rolling", "canary", "blue_green"] = "rolling"


class Deploy(Node):
    """An environment. What is None was not said."""

    name: str
    namespace: str | None = None
    region: str | None = None
    registry: DeployText | None = None
    image: str | None = None
    host: DeployText | None = None
    tls: DeployTls | None = None
    gateway: DeployGateway | None = None
    ingress: DeployIngress | None = None
    identity: DeployIdentity | None = None
    secrets: DeploySecrets | None = None
    backup: DeployBackup | None = None
    alerts: DeployAlerts | None = None
    pooler: DeployPooler = Field(default_factory=DeployPooler)
    valkey: DeployValkey | None = None
    database: DatabaseDeploy = Field(default_factory=DatabaseDeploy)
    services: tuple[ServiceDeploy, ...] = ()
    origin: Origin
