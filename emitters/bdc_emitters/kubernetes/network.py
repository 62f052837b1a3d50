"""Who may talk to whom: nobody, except what the specification declares."""

from bdc_emitters.kubernetes.facts import PORT, Facts, Manifest

POSTGRES_PORT = 5432


def network_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {
        "service": [_service(facts)],
        "networkpolicy": [_deny_all(facts), _api(facts), _migration(facts), _database(facts)],
    }


def _service(facts: Facts) -> Manifest:
    port = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": facts.metadata("api"),
        "spec": {"type": "ClusterIP", "selector": facts.selector, "ports": [port]},
    }


def _deny_all(facts: Facts) -> Manifest:
    return _policy(facts, "-default-deny", {}, [], [])


def _api(facts: Facts) -> Manifest:
    """In from the gateway and the metrics scraper; out to DNS, the pooler and the identity provider."""
    ingress = [{"from": [_namespace("gateway-system"), _namespace("monitoring")], "ports": [_tcp(PORT)]}]
    egress = [_dns(), _to_pods({"cnpg.io/poolerName": f"{facts.name}-pooler"}, POSTGRES_PORT)]
    if facts.jwks_variable:
        # The identity provider is outside; its address is not known here, its port is.
        egress.append({"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": _PRIVATE}}], "ports": [_tcp(443)]})
    return _policy(facts, "", {"matchLabels": facts.selector}, ingress, egress)


_PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]


def _migration(facts: Facts) -> Manifest:
    pods = {"matchLabels": {"app.kubernetes.io/name": f"{facts.name}-migrate"}}
    egress = [_dns(), _to_pods({"cnpg.io/cluster": f"{facts.name}-db"}, POSTGRES_PORT)]
    return _policy(facts, "-migrate", pods, [], egress)


def _database(facts: Facts) -> Manifest:
    """The database's pods talk to each other and to their operator, and are reached by pooler and migration only."""
    cluster = {"cnpg.io/cluster": f"{facts.name}-db"}
    clients: list[Manifest] = [
        {"podSelector": {"matchLabels": cluster}},
        {"podSelector": {"matchLabels": {"app.kubernetes.io/name": f"{facts.name}-migrate"}}},
    ]
    ingress = [
        {"from": clients, "ports": [_tcp(POSTGRES_PORT)]},
        {"from": [_namespace("cnpg-system")], "ports": [_tcp(8000), _tcp(POSTGRES_PORT)]},
        {"from": [{"podSelector": {"matchLabels": facts.selector}}], "ports": [_tcp(POSTGRES_PORT)]},
    ]
    api_server = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [_tcp(443), _tcp(6443)]}
    egress = [_dns(), _to_pods(cluster, POSTGRES_PORT), api_server]
    return _policy(facts, "-db", {"matchLabels": cluster}, ingress, egress)


def _policy(
    facts: Facts, suffix: str, pods: Manifest, ingress: list[Manifest], egress: list[Manifest]
) -> Manifest:
    spec: Manifest = {"podSelector": pods, "policyTypes": ["Ingress", "Egress"]}
    if ingress:
        spec["ingress"] = ingress
    if egress:
        spec["egress"] = egress
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": facts.metadata("network", suffix),
        "spec": spec,
    }


def _dns() -> Manifest:
    peer = {**_namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    return {"to": [peer], "ports": [{"protocol": "UDP", "port": 53}, _tcp(53)]}


def _to_pods(labels: dict[str, str], port: int) -> Manifest:
    return {"to": [{"podSelector": {"matchLabels": labels}}], "ports": [_tcp(port)]}


def _namespace(name: str) -> Manifest:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _tcp(port: int) -> Manifest:
    return {"protocol": "TCP", "port": port}
