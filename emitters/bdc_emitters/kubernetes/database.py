"""PostgreSQL by CloudNativePG: a cluster, and a pooler in transaction mode (the service keeps no session state)."""

from bdc.ir.sizes import (
    DATABASE_STORAGE,
    GIBIBYTE,
    MEBIBYTE,
    database_cpu,
    database_memory,
    pooled_clients,
    server_connections,
)
from bdc_emitters.kubernetes.facts import Facts, Manifest, cpu, size

CNPG = "postgresql.cnpg.io/v1"


def database_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {"database": [_cluster(facts), _pooler(facts)]}


def _cluster(facts: Facts) -> Manifest:
    return {
        "apiVersion": CNPG,
        "kind": "Cluster",
        "metadata": facts.metadata("database", "-db"),
        "spec": {
            "instances": facts.database.replicas,
            "imageName": f"ghcr.io/cloudnative-pg/postgresql:{facts.database.version}",
            "primaryUpdateStrategy": "unsupervised",
            "storage": {"size": size(facts.database.storage_bytes, DATABASE_STORAGE)},
            "resources": database_resources(facts),
            "postgresql": postgresql(facts),
            # The owner's password is made by CloudNativePG, in the Secret `…-db-app`. The migration makes the other roles.
            "bootstrap": {
                "initdb": {
                    "database": facts.system,
                    "owner": f"{facts.system}_migrator",
                    "postInitSQL": [f"alter role {facts.system}_migrator createrole"],
                }
            },
            # The pooler shows the certificate of the cluster, under its own name.
            "certificates": {"serverAltDNSNames": [f"{facts.name}-pooler"]},
            "affinity": {"topologyKey": "topology.kubernetes.io/zone", "podAntiAffinityType": "preferred"},
        },
    }


def database_resources(facts: Facts) -> Manifest:
    """Memory has one number: PostgreSQL is sized by it, and a server that is killed for want of it loses every connection."""
    memory = size(database_memory(facts.database), GIBIBYTE)
    asked, limit = database_cpu(facts.database)
    return {
        "requests": {"cpu": cpu(asked, asked), "memory": memory},
        "limits": {"cpu": cpu(limit, limit), "memory": memory},
    }


def postgresql(facts: Facts) -> Manifest:
    """Settings of the server: sizes follow its memory, as its documentation advises."""
    mebibytes = database_memory(facts.database) // MEBIBYTE
    parameters = {
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": "60s",
        "max_connections": str(facts.database.connections),
        "shared_buffers": f"{mebibytes // 4}MB",
        "effective_cache_size": f"{mebibytes * 3 // 4}MB",
        "maintenance_work_mem": f"{min(max(mebibytes // 16, 32), 2048)}MB",
        # What an incident is explained with afterwards.
        "log_lock_waits": "on",
        "log_min_duration_statement": "1s",
    }
    backup = facts.deploy.backup
    if backup is not None:
        parameters["archive_timeout"] = f"{max(1, int(backup.rpo))}s"
    settings: Manifest = {"parameters": parameters}
    if facts.database.replicas > 1:
        durability = facts.database.durability
        settings["synchronous"] = {"method": "any", "number": 1, "dataDurability": durability}
    return settings


def _pooler(facts: Facts) -> Manifest:
    return {
        "apiVersion": CNPG,
        "kind": "Pooler",
        "metadata": facts.metadata("database", "-pooler"),
        "spec": {
            "cluster": {"name": f"{facts.name}-db"},
            "instances": facts.poolers,
            "type": "rw",
            "pgbouncer": {"poolMode": "transaction", "parameters": pooler_parameters(facts)},
            "template": pooler_template(facts),
        },
    }


def pooler_parameters(facts: Facts) -> dict[str, str]:
    """Every replica of the service may open its pool and one connection beside it; together the poolers leave the server some
    connections."""
    return {
        "max_client_conn": str(max(100, pooled_clients(facts.deploy, facts.service) + 50)),
        "default_pool_size": str(server_connections(facts.deploy)),
        # Named statements survive transaction pooling from PgBouncer 1.21 on, when they are counted.
        "max_prepared_statements": "500",
        "query_wait_timeout": "10",
        "server_idle_timeout": "300",
    }


def pooler_template(facts: Facts) -> Manifest:
    """The pods of the pooler. `containers` names the one that the operator fills in."""
    pooler = facts.deploy.pooler
    resources = {
        "requests": {"cpu": cpu(pooler.cpu_request, 0.1), "memory": size(pooler.memory_request, MEBIBYTE)},
        "limits": {"cpu": cpu(pooler.cpu_limit, 1.0), "memory": size(pooler.memory_limit, MEBIBYTE)},
    }
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"cnpg.io/poolerName": f"{facts.name}-pooler"}},
    }
    return {
        "metadata": {"labels": {"app.kubernetes.io/part-of": facts.name}},
        "spec": {
            "containers": [{"name": "pgbouncer", "resources": resources}],
            "topologySpreadConstraints": [spread],
        },
    }
