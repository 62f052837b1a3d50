"""What runs the jobs: a deployment of the worker, beside the service, with its own network policy. Nothing where there are no jobs."""

from bdc_emitters.kubernetes.facts import UNSET_DIGEST, Facts, Manifest
from bdc_emitters.kubernetes.workload import (
    AUTHORITY,
    CONTAINER_SECURITY,
    GRACE_SECONDS,
    POD_SECURITY,
    ROLLOUT_WAVE,
    mounts,
    secret_files,
    secret_volumes,
    sync_wave,
)

PORT = 8081
# Two, so that one goes on while the other is rescheduled: each run is taken by one of them.
_REPLICAS = 2


def worker_labels(facts: Facts) -> dict[str, str]:
    """Return what tells the pods of the worker from those of the service."""
    return {"app.kubernetes.io/name": f"{facts.name}-worker", "app.kubernetes.io/instance": facts.name}


def worker_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {"worker": [_deployment(facts), _budget(facts)]} if facts.jobs else {}


def _labels(facts: Facts) -> dict[str, str]:
    return facts.labels("worker") | worker_labels(facts)


def _metadata(facts: Facts) -> Manifest:
    return facts.metadata("worker", "-worker") | {"labels": _labels(facts)}


def _deployment(facts: Facts) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(facts) | {"annotations": sync_wave(ROLLOUT_WAVE)},
        "spec": {
            "replicas": _REPLICAS,
            "revisionHistoryLimit": 5,
            "progressDeadlineSeconds": 300,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}},
            "selector": {"matchLabels": worker_labels(facts)},
            "template": {"metadata": {"labels": _labels(facts)}, "spec": _pod(facts)},
        },
    }


def _budget(facts: Facts) -> Manifest:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _metadata(facts),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": worker_labels(facts)}},
    }


def _pod(facts: Facts) -> Manifest:
    apart = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": worker_labels(facts)}}
    return {
        "serviceAccountName": facts.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "priorityClassName": f"{facts.name}-api",
        "securityContext": POD_SECURITY,
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": apart}]
            }
        },
        "containers": [_container(facts)],
        "volumes": [
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
            *secret_volumes(facts),
        ],
    }


def _container(facts: Facts) -> Manifest:
    # The queue is told of new jobs by NOTIFY, which a pooler does not pass on.
    url = f"postgresql://{facts.system}_runtime@{facts.name}-db-rw:5432/{facts.system}?sslmode=verify-full&sslrootcert={AUTHORITY}/ca.crt"
    return {
        "name": "worker",
        "image": f"{facts.image}@{UNSET_DIGEST}",
        "imagePullPolicy": "Always",
        "command": ["python", "-m", "services.worker", "--host", "0.0.0.0", "--port", str(PORT)],  # nosec B104
        "ports": [{"name": "http", "containerPort": PORT, "protocol": "TCP"}],
        "envFrom": [{"configMapRef": {"name": f"{facts.name}-config"}}],
        "env": [*secret_files(facts), {"name": "WORKER_DATABASE_URL", "value": url}],
        "volumeMounts": mounts(),
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
            "limits": {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "256Mi"},
        },
        "securityContext": CONTAINER_SECURITY,
        "startupProbe": _probe("/healthz", periodSeconds=2, failureThreshold=30),
        "readinessProbe": _probe("/readyz", periodSeconds=10, timeoutSeconds=3, failureThreshold=3),
        "livenessProbe": _probe("/healthz", periodSeconds=10, timeoutSeconds=2, failureThreshold=6),
    }


def _probe(path: str, **timing: int) -> Manifest:
    return {"httpGet": {"path": path, "port": "http"}, **timing}
