"""A small Citus cluster beside the service, for a machine of one's own: a coordinator (`database`), two workers, and what joins them."""

from bdc.ir import SystemIR
from bdc.schema.cluster import cluster_script
from bdc.schema.names import roles_of

CITUS_IMAGE = "citusdata/citus:14.0.0"
WORKERS = ("worker-1", "worker-2")
NODE_COMMAND = [
    "postgres",
    *("-c", "citus.enable_unsafe_triggers=on"),
    *("-c", "citus.node_conninfo=sslmode=prefer"),
    *("-c", "max_prepared_transactions=200"),
    *("-c", "wal_level=logical"),
]


def cluster_config(system: SystemIR) -> dict[str, object]:
    """Return the script that joins the servers. Compose takes one dollar for a variable of its own."""
    script = cluster_script(system.name, roles_of(system), "database", WORKERS)
    return {"configs": {"cluster": {"content": script.replace("$", "$$")}}}


def citus_services(system: SystemIR) -> dict[str, object]:
    """Return the workers, and the container that joins them to the coordinator and ends."""
    ready = {"condition": "service_healthy"}
    joining = {
        "image": CITUS_IMAGE,
        "entrypoint": ["psql", "-h", "database", "-U", "postgres", "-d", system.name, "-f", "/cluster.sql"],
        "configs": [{"source": "cluster", "target": "/cluster.sql"}],
        "depends_on": dict.fromkeys(("database", *WORKERS), ready),
    }
    return {**{name: _worker(system, name) for name in WORKERS}, "cluster": joining}


def _worker(system: SystemIR, name: str) -> dict[str, object]:
    return {
        "image": CITUS_IMAGE,
        "environment": {"POSTGRES_DB": system.name, "POSTGRES_HOST_AUTH_METHOD": "trust"},
        "command": NODE_COMMAND,
        "healthcheck": {"test": ["CMD", "pg_isready", "-U", "postgres"], "interval": "2s", "retries": 30},
        "volumes": [f"{name}:/var/lib/postgresql"],
    }
