"""Sizes that an environment has where its deploy gives none. Manifests, documents and advice take them from here."""

from math import ceil

from bdc.ir.deploy import DatabaseDeploy, Deploy, ServiceDeploy

MEBIBYTE = 1024**2
GIBIBYTE = 1024**3

# Connections that the poolers leave to migrations, replication, metrics and people.
RESERVED_CONNECTIONS = 20
# While a rollout goes on, a quarter more replicas run than the autoscaler allows.
ROLLOUT_SURGE = 1.25
DATABASE_MEMORY = GIBIBYTE
EMBEDDED_DATABASE_MEMORY = 512 * MEBIBYTE
DATABASE_STORAGE = 10 * GIBIBYTE
SERVICE_MEMORY = 256 * MEBIBYTE
# Half of what is bought: room for a zone to fail before the autoscaler has reacted.
CPU_TARGET = 0.6


def database_memory(database: DatabaseDeploy) -> int:
    """Return the memory of one server, in bytes."""
    said = database.memory_limit or database.memory_request
    return said or (EMBEDDED_DATABASE_MEMORY if database.embedded else DATABASE_MEMORY)


def database_cpu(database: DatabaseDeploy) -> tuple[float, float]:
    """Return what one server asks for and its limit, in cores."""
    default = (0.1, 1.0) if database.embedded else (0.5, 2.0)
    return (
        default[0] if database.cpu_request is None else database.cpu_request,
        default[1] if database.cpu_limit is None else database.cpu_limit,
    )


def database_storage(database: DatabaseDeploy) -> int:
    """Return the size of the disk of one server, in bytes."""
    return database.storage_bytes or DATABASE_STORAGE


def service_cpu(service: ServiceDeploy) -> tuple[float, float]:
    """Return what one replica asks for and its limit, in cores."""
    return (
        0.25 if service.cpu_request is None else service.cpu_request,
        1.0 if service.cpu_limit is None else service.cpu_limit,
    )


def service_memory(service: ServiceDeploy) -> int:
    """Return the memory of one replica, in bytes."""
    return service.memory_limit or service.memory_request or SERVICE_MEMORY


def poolers(deploy: Deploy) -> int:
    """Return how many PgBouncers stand before the database."""
    said = deploy.pooler.replicas
    return max(1, min(2, deploy.database.replicas)) if said is None else said


def pooled_clients(deploy: Deploy, service: ServiceDeploy) -> int:
    """Return how many connections the replicas may open to the poolers: each its pool and one beside it, with a rollout under way."""
    return ceil(service.replicas_max * ROLLOUT_SURGE) * (deploy.database.pool + 1)


def server_connections(deploy: Deploy) -> int:
    """Return how many connections one pooler may open to the server."""
    return max(1, (deploy.database.connections - RESERVED_CONNECTIONS) // poolers(deploy))
