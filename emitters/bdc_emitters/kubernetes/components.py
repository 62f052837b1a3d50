"""Opt-in parts, each a Kustomize component: an overlay lists the ones a platform has."""

from bdc.output.document import to_yaml
from bdc_emitters.kubernetes.facts import Facts, Manifest

# How long the gateway waits for an answer, and for one attempt of it.
TIMEOUTS = {"request": "15s", "backendRequest": "10s"}


def component_files(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return (path below infrastructure/kubernetes, text)."""
    parts = {
        "gateway": [_http_route(facts)],
        "ingress": [_ingress(facts)],
        "external-secret": [_external_secret(facts, "runtime"), _external_secret(facts, "migrator")],
        "service-monitor": [_service_monitor(facts)],
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


def _host(facts: Facts) -> str:
    return f"{facts.name}.example.com"


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
            "parentRefs": [{"name": "public", "namespace": "gateway-system", "sectionName": "https"}],
            "hostnames": [_host(facts)],
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
            "tls": [{"hosts": [_host(facts)], "secretName": f"{facts.name}-tls"}],
            "rules": [{"host": _host(facts), "http": {"paths": paths}}],
        },
    }


def _external_secret(facts: Facts, role: str) -> Manifest:
    names = ("database_url", "encryption_keys", "cursor_key") if role == "runtime" else ("database_url",)
    data = [
        {"secretKey": name, "remoteRef": {"key": f"{facts.name}/{role}", "property": name}} for name in names
    ]
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": facts.metadata("secrets", f"-{role}"),
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "platform"},
            "target": {"name": f"{facts.name}-{role}", "creationPolicy": "Owner"},
            "data": data,
        },
    }


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
