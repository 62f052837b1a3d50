"""What delivers events: a Deployment of its own, which calls the endpoints of subscribers; nothing where none are sent."""

from bdc_emitters.kubernetes.facts import UNSET_DIGEST, Facts, Manifest
from bdc_emitters.kubernetes.network import PRIVATE, callers, dns, policy, tcp, to_pods
from bdc_emitters.kubernetes.workload import (
    CONTAINER_SECURITY,
    POD_SECURITY,
    ROLLOUT_WAVE,
    mounts,
    secret_files,
    secret_volumes,
    sync_wave,
)

PORT, NATS_PORT = 8081, 4222
REPLICAS = 2
# A delivery under way may take a minute; then its outcome is noted.
GRACE_SECONDS = 90
_CONNECTIONS = 4
# The runtime role, its password and the keys of encrypted fields are those of the service, and so are its variables.
_ENVIRONMENT = {"RELAY_HOST": "0.0.0.0", "RELAY_PORT": str(PORT), "DATABASE_POOL_SIZE": str(_CONNECTIONS)}


def relay_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {"relay": [_deployment(facts), _network(facts), _budget(facts)]} if facts.relay else {}


def relay_monitor(facts: Facts) -> list[Manifest]:
    """Return what has its metrics scraped."""
    monitor = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": facts.metadata("relay", "-relay"),
        "spec": {
            "jobLabel": "app.kubernetes.io/name",
            "selector": {"matchLabels": facts.relay_labels},
            "podMetricsEndpoints": [{"port": "metrics", "interval": "30s"}],
        },
    }
    return [monitor] if facts.relay else []


def _deployment(facts: Facts) -> Manifest:
    metadata = facts.metadata("relay", "-relay") | {"annotations": sync_wave(ROLLOUT_WAVE)}
    labels = {**facts.labels("relay"), **facts.relay_labels}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": REPLICAS,
            "revisionHistoryLimit": 5,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}},
            "selector": {"matchLabels": facts.relay_labels},
            "template": {"metadata": {"labels": labels}, "spec": _pod(facts)},
        },
    }


def _pod(facts: Facts) -> Manifest:
    return {
        "serviceAccountName": facts.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": POD_SECURITY,
        "containers": [_container(facts)],
        "volumes": [
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
            *secret_volumes(facts),
        ],
    }


def _container(facts: Facts) -> Manifest:
    probe = {"httpGet": {"path": "/healthz", "port": "metrics"}}
    return {
        "name": "relay",
        "image": f"{facts.image}@{UNSET_DIGEST}",
        "imagePullPolicy": "Always",
        "command": ["python", "-m", "services.relay"],
        "ports": [{"name": "metrics", "containerPort": PORT, "protocol": "TCP"}],
        "envFrom": [{"configMapRef": {"name": f"{facts.name}-config"}}],
        "env": [
            *secret_files(facts),
            *({"name": name, "value": value} for name, value in _ENVIRONMENT.items()),
        ],
        "volumeMounts": mounts(),
        "resources": {
            "requests": {"cpu": "100m", "memory": "192Mi", "ephemeral-storage": "64Mi"},
            "limits": {"cpu": "1", "memory": "192Mi", "ephemeral-storage": "256Mi"},
        },
        "securityContext": CONTAINER_SECURITY,
        "startupProbe": probe | {"periodSeconds": 2, "failureThreshold": 30},
        "readinessProbe": probe | {"periodSeconds": 10},
        "livenessProbe": probe | {"periodSeconds": 10, "timeoutSeconds": 2, "failureThreshold": 6},
    }


def _network(facts: Facts) -> Manifest:
    """In from the metrics scraper; out to DNS, the pooler, and endpoints at public addresses."""
    ingress = [{"from": callers(facts)[-1:], "ports": [tcp(PORT)]}]
    egress = [
        dns(),
        to_pods({"cnpg.io/poolerName": f"{facts.name}-pooler"}, 5432),
        {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}}]},
    ]
    if facts.nats:
        egress.append({"to": [{"namespaceSelector": {}}], "ports": [tcp(NATS_PORT)]})
    return policy(facts, "-relay", {"matchLabels": facts.relay_labels}, ingress, egress)


def _budget(facts: Facts) -> Manifest:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": facts.metadata("relay", "-relay"),
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": facts.relay_labels}},
    }
