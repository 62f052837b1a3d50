"""PostgreSQL by CloudNativePG: a cluster, its backups, and a pooler in transaction mode (the service keeps no session state)."""

from bdc_emitters.kubernetes.facts import GIBIBYTE, Facts, Manifest, size

CNPG = "postgresql.cnpg.io/v1"


def database_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {"database": [_cluster(facts), _pooler(facts), _backup(facts)]}


def _cluster(facts: Facts) -> Manifest:
    postgresql: Manifest = {"parameters": {"timezone": "UTC", "idle_in_transaction_session_timeout": "60s"}}
    if facts.database.replicas > 1:
        postgresql["synchronous"] = {"method": "any", "number": 1}
    return {
        "apiVersion": CNPG,
        "kind": "Cluster",
        "metadata": facts.metadata("database", "-db"),
        "spec": {
            "instances": facts.database.replicas,
            "imageName": f"ghcr.io/cloudnative-pg/postgresql:{facts.database.version}",
            "primaryUpdateStrategy": "unsupervised",
            "storage": {"size": size(facts.database.storage_bytes, 10 * GIBIBYTE)},
            "postgresql": postgresql,
            "bootstrap": {"initdb": {"database": facts.system, "owner": f"{facts.system}_migrator"}},
            "managed": {"roles": [_role(facts, "migrator", createrole=True), _role(facts, "runtime")]},
            "affinity": {"topologyKey": "topology.kubernetes.io/zone", "podAntiAffinityType": "preferred"},
            "monitoring": {"enablePodMonitor": True},
        },
    }


def _role(facts: Facts, name: str, *, createrole: bool = False) -> Manifest:
    role: Manifest = {
        "name": f"{facts.system}_{name}",
        "ensure": "present",
        "login": True,
        "passwordSecret": {"name": f"{facts.name}-db-{name}"},
    }
    return role | ({"createrole": True} if createrole else {})


def _pooler(facts: Facts) -> Manifest:
    return {
        "apiVersion": CNPG,
        "kind": "Pooler",
        "metadata": facts.metadata("database", "-pooler"),
        "spec": {
            "cluster": {"name": f"{facts.name}-db"},
            "instances": max(1, min(2, facts.database.replicas)),
            "type": "rw",
            "pgbouncer": {
                "poolMode": "transaction",
                # Prepared statements survive transaction pooling from PgBouncer 1.21 on, when they are counted.
                "parameters": {"max_prepared_statements": "200", "max_client_conn": "1000"},
            },
        },
    }


def _backup(facts: Facts) -> Manifest:
    return {
        "apiVersion": CNPG,
        "kind": "ScheduledBackup",
        "metadata": facts.metadata("database", "-db-daily"),
        "spec": {
            "schedule": "0 0 2 * * *",
            "backupOwnerReference": "self",
            "cluster": {"name": f"{facts.name}-db"},
            "method": "volumeSnapshot",
        },
    }
