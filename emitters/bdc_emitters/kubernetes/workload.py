"""What runs: the service and the migration, both under the *restricted* Pod Security standard."""

from bdc_emitters.kubernetes.facts import MEBIBYTE, PORT, UID, UNSET_DIGEST, Facts, Manifest, cpu, size

POD_SECURITY = {
    "runAsNonRoot": True,
    "runAsUser": UID,
    "runAsGroup": UID,
    "fsGroup": UID,
    "fsGroupChangePolicy": "OnRootMismatch",
    "seccompProfile": {"type": "RuntimeDefault"},
}
CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": UID,
    "runAsGroup": UID,
    "privileged": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
SECRETS = "/run/secrets/app"
READ_ONLY_BY_GROUP = 0o440
# preStop and drain fit into the grace period, with room to spare.
PRE_STOP_SECONDS = 10
GRACE_SECONDS = 45


def workload_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {
        "namespace": [_namespace(facts)],
        "serviceaccount": [_service_account(facts)],
        "configmap": [_config(facts)],
        "deployment": [_deployment(facts)],
        "migrate-job": [_migrate_job(facts)],
    }


def _namespace(facts: Facts) -> Manifest:
    prefix = "pod-security.kubernetes.io/"
    modes = {f"{prefix}{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    labels = {**modes, f"{prefix}enforce-version": "latest"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": facts.namespace, "labels": labels}}


def _service_account(facts: Facts) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": facts.metadata("api"),
        "automountServiceAccountToken": False,
    }


def _config(facts: Facts) -> Manifest:
    data = {"ENVIRONMENT": "production", "DATABASE_POOL_SIZE": str(facts.database.pool)}
    if facts.issuer_variable:
        data[facts.issuer_variable] = "https://identity.example.com/"
    if facts.audience_variable:
        data[facts.audience_variable] = facts.name
    if facts.jwks_variable:
        data[facts.jwks_variable] = "https://identity.example.com/.well-known/jwks.json"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": facts.metadata("api", "-config"),
        "data": data,
    }


def _deployment(facts: Facts) -> Manifest:
    # No `replicas` beside an autoscaler: every apply would fight it.
    metadata = facts.metadata("api") | {
        "annotations": {"polaris.fairwinds.com/deploymentMissingReplicas-exempt": "true"}
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "revisionHistoryLimit": 5,
            "progressDeadlineSeconds": 300,
            "minReadySeconds": 10,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}},
            "selector": {"matchLabels": facts.selector},
            "template": {"metadata": {"labels": facts.labels("api")}, "spec": _pod(facts)},
        },
    }


def _pod(facts: Facts) -> Manifest:
    return {
        "serviceAccountName": facts.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "priorityClassName": f"{facts.name}-api",
        "securityContext": POD_SECURITY,
        "topologySpreadConstraints": [_spread(facts)],
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [_apart(facts)]}},
        "containers": [_container(facts)],
        "volumes": [
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
            {
                "name": "secrets",
                "secret": {"secretName": f"{facts.name}-runtime", "defaultMode": READ_ONLY_BY_GROUP},
            },
        ],
    }


def _spread(facts: Facts) -> Manifest:
    return {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": facts.selector},
        "matchLabelKeys": ["pod-template-hash"],
    }


def _apart(facts: Facts) -> Manifest:
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": facts.selector}}
    return {"weight": 100, "podAffinityTerm": term}


def _container(facts: Facts) -> Manifest:
    return {
        "name": "api",
        "image": f"{facts.image}@{UNSET_DIGEST}",
        "imagePullPolicy": "Always",
        "ports": [{"name": "http", "containerPort": PORT, "protocol": "TCP"}],
        "envFrom": [{"configMapRef": {"name": f"{facts.name}-config"}}],
        "env": _secret_files(),
        "volumeMounts": _mounts(),
        "resources": resources(facts),
        "securityContext": CONTAINER_SECURITY,
        "startupProbe": _probe("/healthz", periodSeconds=2, failureThreshold=30),
        "readinessProbe": _probe("/readyz", periodSeconds=5, timeoutSeconds=2, failureThreshold=3),
        "livenessProbe": _probe("/healthz", periodSeconds=10, timeoutSeconds=2, failureThreshold=6),
        "lifecycle": {"preStop": {"sleep": {"seconds": PRE_STOP_SECONDS}}},
    }


def _secret_files() -> list[Manifest]:
    names = ("DATABASE_URL", "ENCRYPTION_KEYS", "CURSOR_KEY")
    return [{"name": f"{name}_FILE", "value": f"{SECRETS}/{name.lower()}"} for name in names]


def _mounts() -> list[Manifest]:
    return [
        {"name": "tmp", "mountPath": "/tmp"},
        {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
    ]


def _probe(path: str, **timing: int) -> Manifest:
    return {"httpGet": {"path": path, "port": "http"}, **timing}


def resources(facts: Facts) -> Manifest:
    """Requests and limits of the service; memory has one number, since a page cannot be taken back."""
    memory = size(facts.service.memory_limit or facts.service.memory_request, 256 * MEBIBYTE)
    return {
        "requests": {
            "cpu": cpu(facts.service.cpu_request, 0.25),
            "memory": memory,
            "ephemeral-storage": "64Mi",
        },
        "limits": {"cpu": cpu(facts.service.cpu_limit, 1.0), "memory": memory, "ephemeral-storage": "256Mi"},
    }


def _migrate_job(facts: Facts) -> Manifest:
    """Runs before the service is rolled out, as a role of its own, over a direct connection."""
    metadata = facts.metadata("migration", "-migrate") | {
        "annotations": {
            "argocd.argoproj.io/hook": "PreSync",
            "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        }
    }
    labels = {"app.kubernetes.io/name": f"{facts.name}-migrate", "app.kubernetes.io/part-of": facts.name}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        "spec": {
            "backoffLimit": 1,
            "activeDeadlineSeconds": 900,
            "ttlSecondsAfterFinished": 86400,
            "template": {
                "metadata": {"labels": labels},
                "spec": owner_pod(facts, "migrate", ["python", "-m", "database.migrate", "up"]),
            },
        },
    }


def owner_pod(facts: Facts, name: str, command: list[str]) -> Manifest:
    """A pod that works on the database as its owner, over a direct connection, and ends."""
    container = {
        "name": name,
        "image": f"{facts.image}@{UNSET_DIGEST}",
        "imagePullPolicy": "Always",
        "command": command,
        "env": [{"name": "MIGRATION_DATABASE_URL_FILE", "value": f"{SECRETS}/database_url"}],
        "volumeMounts": _mounts(),
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "32Mi"},
            "limits": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
        },
        "securityContext": CONTAINER_SECURITY,
    }
    return {
        "restartPolicy": "Never",
        "serviceAccountName": facts.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": POD_SECURITY,
        "containers": [container],
        "volumes": [
            {"name": "tmp", "emptyDir": {"sizeLimit": "32Mi"}},
            {
                "name": "secrets",
                "secret": {"secretName": f"{facts.name}-migrator", "defaultMode": READ_ONLY_BY_GROUP},
            },
        ],
    }
