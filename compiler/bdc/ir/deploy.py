"""How much there is of everything, and where it runs. `extends` has been applied; sizes are in bytes, times in seconds."""

from pydantic import Field

from bdc.ir.base import Node, Origin


class LoadEntry(Node):
    name: str
    amount: int


class Load(Node):
    """Rows per entity, requests per second per api."""

    rows: tuple[LoadEntry, ...] = ()
    rps: tuple[LoadEntry, ...] = ()


class DatabaseDeploy(Node):
    engine: str = "postgres"
    version: int = 18
    replicas: int = 1
    storage_bytes: int | None = None
    pool: int = 10
    embedded: bool = False


class ServiceDeploy(Node):
    """`cpu` in cores, `memory` in bytes, `cpu_target` a ratio, `availability` a ratio, `latency_p95` in seconds."""

    api: str
    replicas_min: int = 1
    replicas_max: int = 1
    cpu_target: float | None = None
    cpu_request: float | None = None
    cpu_limit: float | None = None
    memory_request: int | None = None
    memory_limit: int | None = None
    availability: float | None = None
    latency_p95: float | None = None


class Deploy(Node):
    name: str
    database: DatabaseDeploy = Field(default_factory=DatabaseDeploy)
    services: tuple[ServiceDeploy, ...] = ()
    origin: Origin
