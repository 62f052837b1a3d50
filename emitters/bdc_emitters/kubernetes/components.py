"""Opt-in parts, each a Kustomize component: an overlay lists the ones a platform has."""

from bdc.ir import DeployGateway
from bdc.output.document import to_yaml
from bdc_emitters.kubernetes.facts import Facts, Manifest
from bdc_emitters.kubernetes.jobs import worker_labels
from bdc_emitters.kubernetes.progressive import progressive_parts
from bdc_emitters.kubernetes.relay import relay_monitor
from bdc_emitters.kubernetes.secrets import external_secret
from bdc_emitters.kubernetes.valkey import valkey_parts

# How long the gateway waits for an answer, and for one attempt of it.
TIMEOUTS = {"request": "15s", "backendRequest": "10s"}


def component_files(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return (path below infrastructure/kubernetes, text)."""
    parts = {
        "gateway": [_http_route(facts)],
        "ingress": [_ingress(facts)],
        "external-secret": [external_secret(facts, "runtime", facts.secret_keys)],
        "service-monitor": [
            _service_monitor(facts),
            *_pod_monitors(facts),
            *_worker_monitor(facts),
            *relay_monitor(facts),
        ],
        **progressive_parts(facts),
        **valkey_parts(facts),
    }
    files: list[tuple[str, str]] = []
    for name, documents in parts.items():
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1alpha1",
            "kind": "Component",
            "resources": [f"{name}.yaml"],
        }
        files.append((f"components/{name}/kustomization.yaml", to_yaml(kustomization)))
        files.append((f"components/{name}/{name}.yaml", to_yaml(*documents)))
    return tuple(files)


def host(facts: Facts) -> str:
    """Return the name that the service answers to; a placeholder where the deploy does not say it."""
    said = facts.deploy.host
    return f"{facts.name}.example.com" if said is None else said.text


def parent(facts: Facts) -> dict[str, str]:
    """Return the Gateway that the route is attached to."""
    said = facts.deploy.gateway or DeployGateway()
    return {"name": said.name, "namespace": said.namespace, "sectionName": said.listener}


def _http_route(facts: Facts) -> Manifest:
    matches = [{"path": {"type": "PathPrefix", "value": path}} for path in facts.paths]
    rule = {
        "matches": matches,
        "timeouts": TIMEOUTS,
        "backendRefs": [{"name": facts.name, "port": 80, "weight": 100}],
    }
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": facts.metadata("api"),
        "spec": {
            "parentRefs": [parent(facts)],
            "hostnames": [host(facts)],
            "rules": [rule],
        },
    }


def _ingress(facts: Facts) -> Manifest:
    backend = {"service": {"name": facts.name, "port": {"name": "http"}}}
    paths = [{"path": path, "pathType": "Prefix", "backend": backend} for path in facts.paths]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": facts.metadata("api"),
        "spec": {
            "tls": [{"hosts": [host(facts)], "secretName": certificate_secret(facts)}],
            "rules": [{"host": host(facts), "http": {"paths": paths}}],
        },
    }


def certificate_secret(facts: Facts) -> str:
    """Return the name of the Secret that holds the certificate of the host."""
    said = facts.deploy.tls
    return (said.secret if said else None) or f"{facts.name}-tls"


def _service_monitor(facts: Facts) -> Manifest:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": facts.metadata("api"),
        "spec": {
            "selector": {"matchLabels": facts.selector},
            "endpoints": [{"port": "http", "path": "/metrics", "interval": "30s"}],
        },
    }


def _pod_monitors(facts: Facts) -> list[Manifest]:
    """Metrics of the database and of its pooler. The operator no longer makes these monitors itself."""
    database = {"cnpg.io/cluster": f"{facts.name}-db", "cnpg.io/podRole": "instance"}
    pooler = {"cnpg.io/poolerName": f"{facts.name}-pooler"}
    return [_pod_monitor(facts, "-db", database), _pod_monitor(facts, "-pooler", pooler)]


def _worker_monitor(facts: Facts) -> list[Manifest]:
    if not facts.jobs:
        return []
    monitor = _pod_monitor(facts, "-worker", worker_labels(facts))
    monitor["metadata"] = facts.metadata("worker", "-worker")
    monitor["spec"]["podMetricsEndpoints"] = [{"port": "http", "path": "/metrics", "interval": "30s"}]
    return [monitor]


def _pod_monitor(facts: Facts, suffix: str, labels: dict[str, str]) -> Manifest:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": facts.metadata("database", suffix),
        "spec": {
            "selector": {"matchLabels": labels},
            "podMetricsEndpoints": [{"port": "metrics", "interval": "30s"}],
        },
    }
