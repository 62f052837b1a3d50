"""PostgreSQL by Citus: one coordinator and its workers, in place of the CloudNativePG cluster of the base.

Each server is one pod with one disk. Nothing takes over for a server that is gone, and nothing makes backups: see the chapter on shards.
"""

from bdc.ir.sizes import DATABASE_STORAGE, GIBIBYTE, database_memory
from bdc.schema.cluster import cluster_script
from bdc.schema.names import roles_named
from bdc_emitters.kubernetes.certificates_of_nodes import NODE, node_certificates
from bdc_emitters.kubernetes.database import CNPG, database_resources, postgresql
from bdc_emitters.kubernetes.facts import Facts, Manifest, size
from bdc_emitters.kubernetes.network import POSTGRES_PORT
from bdc_emitters.kubernetes.patches import Change, patch, removed
from bdc_emitters.kubernetes.secrets import external_secret
from bdc_emitters.kubernetes.workload import READ_ONLY_BY_GROUP

IMAGE = "docker.io/citusdata/citus:14.0.0"
_UID = 999  # of `postgres` in the image
_TLS, _SETTINGS, _DATA = "/etc/citus/tls", "/etc/citus/settings", "/var/lib/postgresql"
_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
_POD = {
    "runAsNonRoot": True,
    "runAsUser": _UID,
    "runAsGroup": _UID,
    "fsGroup": _UID,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def is_sharded(facts: Facts) -> bool:
    """Return whether the database of this deploy is a cluster of Citus."""
    return facts.database.engine == "citus"


def citus_manifests(facts: Facts) -> list[Manifest]:
    """Return the documents of `citus.yaml` in an overlay; none where the database is one server."""
    if not is_sharded(facts):
        return []
    return [
        *node_certificates(facts),
        external_secret(facts, "db-app", ("uri", "password")),
        external_secret(facts, "db-superuser", ("password",)),
        _settings(facts),
        _service(facts, "-db", _labels(facts), headless=True),
        *(_service(facts, suffix, _labels(facts, "coordinator")) for suffix in ("-db-rw", "-pooler")),
        _servers(facts, "coordinator", 1),
        _servers(facts, "worker", facts.database.workers),
    ]


def citus_patches(facts: Facts) -> list[Manifest]:
    """Return what takes the CloudNativePG cluster out, and lets the migration join the servers before it begins."""
    job = f"{facts.name}-migrate"
    volumes = [
        {"name": "cluster", "configMap": {"name": f"{facts.name}-citus"}},
        {"name": "superuser", "secret": {"secretName": f"{facts.name}-db-superuser", "defaultMode": 0o444}},
        {"name": "migrator", "secret": {"secretName": f"{facts.name}-db-app", "defaultMode": 0o444}},
    ]
    pod = "/spec/template/spec"
    changes = [Change(f"{pod}/initContainers", [_joining(facts)], "add")]
    changes += [Change(f"{pod}/volumes/-", volume, "add") for volume in volumes]
    return [
        removed(CNPG, "Cluster", f"{facts.name}-db"),
        removed(CNPG, "Pooler", f"{facts.name}-pooler"),
        patch("Job", job, changes),
    ]


def _labels(facts: Facts, part: str = "") -> dict[str, str]:
    """The network policies of the base know servers, and what the service connects to, by these labels."""
    found = {"cnpg.io/cluster": f"{facts.name}-db"}
    if part == "coordinator":
        found["cnpg.io/poolerName"] = f"{facts.name}-pooler"
    return found | ({"citus": part} if part else {})


def _host(facts: Facts, part: str, number: int) -> str:
    return f"{facts.name}-{part}-{number}.{facts.name}-db"


def _service(facts: Facts, suffix: str, selector: dict[str, str], *, headless: bool = False) -> Manifest:
    port = {"name": "postgresql", "port": POSTGRES_PORT, "targetPort": POSTGRES_PORT, "protocol": "TCP"}
    spec: Manifest = {"type": "ClusterIP", "selector": selector, "ports": [port]}
    if headless:  # servers look for each other before they are ready
        spec |= {"clusterIP": "None", "publishNotReadyAddresses": True}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": facts.metadata("database", suffix),
        "spec": spec,
    }


def _settings(facts: Facts) -> Manifest:
    workers = [_host(facts, "worker", number) for number in range(facts.database.workers)]
    script = cluster_script(
        facts.system,
        roles_named(facts.system),
        _host(facts, "coordinator", 0),
        workers,
        password="migrator",  # noqa: S106: the name of a variable
    )
    domain = f".{facts.name}-db.{facts.deploy.namespace or facts.namespace}.svc.cluster.local"
    rules = [
        "local all postgres peer",
        # The servers of the cluster come as any role, with their certificate; all others with a password.
        f"hostssl all all {domain} cert map=nodes",
        "hostssl all all all scram-sha-256",
    ]
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": facts.metadata("database", "-citus"),
        "data": {
            "pg_hba.conf": "\n".join(rules) + "\n",
            "pg_ident.conf": f"nodes {NODE} all\n",
            "cluster.sql": script,
        },
    }


def _parameters(facts: Facts) -> dict[str, str]:
    files = f"sslcert={_TLS}/tls.crt sslkey={_TLS}/tls.key sslrootcert={_TLS}/ca.crt"
    parameters: dict[str, str] = postgresql(facts)["parameters"]
    parameters.pop("archive_timeout", None)
    return parameters | {
        "hba_file": f"{_SETTINGS}/pg_hba.conf",
        "ident_file": f"{_SETTINGS}/pg_ident.conf",
        "ssl": "on",
        "ssl_cert_file": f"{_TLS}/tls.crt",
        "ssl_key_file": f"{_TLS}/tls.key",
        "ssl_ca_file": f"{_TLS}/ca.crt",
        "citus.node_conninfo": f"sslmode=verify-ca {files}",
        # Triggers compare old and new of one row, which a shard has.
        "citus.enable_unsafe_triggers": "on",
        # Writes to several servers are committed in two phases; shards are moved by logical replication.
        "max_prepared_transactions": str(facts.database.connections * 2),
        "wal_level": "logical",
    }


def _servers(facts: Facts, part: str, count: int) -> Manifest:
    name = f"{facts.name}-{part}"
    labels = {**_labels(facts, part), "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": facts.name}
    claim = {
        "metadata": {"name": f"{facts.name}-db"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size(facts.database.storage_bytes, DATABASE_STORAGE)}},
        },
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": facts.metadata("database", f"-{part}"),
        "spec": {
            "serviceName": f"{facts.name}-db",
            "replicas": count,
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": _labels(facts, part)},
            "template": {"metadata": {"labels": labels}, "spec": _pod(facts, part)},
            "volumeClaimTemplates": [claim],
        },
    }


def _pod(facts: Facts, part: str) -> Manifest:
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": _labels(facts)},
    }
    secret = {"secretName": f"{facts.name}-citus-node", "defaultMode": READ_ONLY_BY_GROUP}
    return {
        "serviceAccountName": facts.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 120,
        "securityContext": _POD,
        "topologySpreadConstraints": [spread],
        "containers": [_container(facts)],
        "volumes": [
            {"name": "settings", "configMap": {"name": f"{facts.name}-citus"}},
            {"name": "tls", "secret": secret},
            {
                "name": "superuser",
                "secret": {"secretName": f"{facts.name}-db-superuser", "defaultMode": READ_ONLY_BY_GROUP},
            },
            {"name": "run", "emptyDir": {"sizeLimit": "16Mi"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}},
            {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": _shared(facts)}},
        ],
    }


def _shared(facts: Facts) -> str:
    return size(database_memory(facts.database) // 4, GIBIBYTE)


def _container(facts: Facts) -> Manifest:
    pairs = (("-c", f"{name}={value}") for name, value in _parameters(facts).items())
    arguments = [each for pair in pairs for each in pair]
    check = {"exec": {"command": ["pg_isready", "-q", "-U", "postgres"]}}
    return {
        "name": "postgres",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": ["postgres", *arguments],
        "env": [
            {"name": "POSTGRES_DB", "value": facts.system},
            {"name": "POSTGRES_PASSWORD_FILE", "value": "/run/secrets/superuser/password"},
            {"name": "PGDATA", "value": f"{_DATA}/pgdata"},
        ],
        "ports": [{"name": "postgresql", "containerPort": POSTGRES_PORT, "protocol": "TCP"}],
        "resources": database_resources(facts),
        "securityContext": _CONTAINER,
        "startupProbe": {**check, "periodSeconds": 5, "failureThreshold": 120},
        "readinessProbe": {**check, "periodSeconds": 5},
        "livenessProbe": {**check, "periodSeconds": 10, "failureThreshold": 12},
        "volumeMounts": [
            {"name": f"{facts.name}-db", "mountPath": _DATA},
            {"name": "settings", "mountPath": _SETTINGS, "readOnly": True},
            {"name": "tls", "mountPath": _TLS, "readOnly": True},
            {"name": "superuser", "mountPath": "/run/secrets/superuser", "readOnly": True},
            {"name": "run", "mountPath": "/var/run/postgresql"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108: a mount of the pod
            {"name": "shm", "mountPath": "/dev/shm"},  # noqa: S108: a mount of the pod
        ],
    }


_JOIN = """\
set -eu
export PGPASSWORD="$(cat /run/secrets/superuser/password)"
until psql -qc 'select 1' > /dev/null; do sleep 5; done
psql -v migrator="$(cat /run/secrets/migrator/password)" -f /etc/citus/cluster/cluster.sql
"""


def _joining(facts: Facts) -> Manifest:
    return {
        "name": "cluster",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["bash", "-c", _JOIN],
        "env": [
            {"name": "PGHOST", "value": f"{facts.name}-db-rw"},
            {"name": "PGUSER", "value": "postgres"},
            {"name": "PGDATABASE", "value": facts.system},
            {"name": "PGSSLMODE", "value": "verify-full"},
            {"name": "PGSSLROOTCERT", "value": "/run/secrets/authority/ca.crt"},
        ],
        "resources": {
            "requests": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "16Mi"},
            "limits": {"cpu": "500m", "memory": "128Mi", "ephemeral-storage": "32Mi"},
        },
        "securityContext": _CONTAINER,
        "volumeMounts": [
            {"name": "cluster", "mountPath": "/etc/citus/cluster", "readOnly": True},
            {"name": "superuser", "mountPath": "/run/secrets/superuser", "readOnly": True},
            {"name": "migrator", "mountPath": "/run/secrets/migrator", "readOnly": True},
            {"name": "authority", "mountPath": "/run/secrets/authority", "readOnly": True},
        ],
    }
