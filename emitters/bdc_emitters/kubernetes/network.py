"""Which pods may talk to which: none, except those that the specification declares."""

from urllib.parse import urlsplit

from bdc.ir import DeployGateway
from bdc_emitters.kubernetes.facts import PORT, Facts, Manifest
from bdc_emitters.kubernetes.jobs import PORT as WORKER_PORT
from bdc_emitters.kubernetes.jobs import worker_labels

POSTGRES_PORT = 5432
STATUS_PORT, METRICS_PORT, POOLER_METRICS_PORT = 8000, 9187, 9127
OTLP_PORT = 4318
MAIL_PORTS = (465, 587)
OPERATOR, MONITORING = "cnpg-system", "monitoring"
INGRESS_NAMESPACES = {"nginx": "ingress-nginx", "traefik": "traefik", "haproxy": "haproxy-controller"}


def network_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {
        "service": [_service(facts)],
        "networkpolicy": [
            _deny_all(facts),
            _api(facts),
            _migration(facts),
            _database(facts),
            _pooler(facts),
            *_worker(facts),
        ],
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
    return policy(facts, "-default-deny", {}, [], [])


def _api(facts: Facts) -> Manifest:
    """In from the gateway and the metrics scraper; out to DNS, the pooler, the collector of traces and the identity provider."""
    ingress = [{"from": callers(facts), "ports": [tcp(PORT)]}]
    egress = [dns(), to_pods({"cnpg.io/poolerName": f"{facts.name}-pooler"}, POSTGRES_PORT)]
    egress.append({"to": [_namespace(MONITORING)], "ports": [tcp(OTLP_PORT)]})
    if facts.reads_replica:
        egress.append(to_pods({"cnpg.io/cluster": f"{facts.name}-db"}, POSTGRES_PORT))
    if facts.jwks_variable or facts.calls:
        # The identity provider and other services are outside; their addresses are not known here, their ports are.
        egress.append(_outside(facts, facts.calls))
    return policy(facts, "", {"matchLabels": facts.selector}, ingress, egress)


def _outside(facts: Facts, calls: bool) -> Manifest:
    """The way to what is outside: by HTTPS, and by the ports that addresses of other services name. One inside the cluster needs a policy of yours."""
    addresses = [each.address.text for each in facts.externals if calls and each.address.text]
    ports = {443, *(_port_of(address) for address in addresses)}
    return {
        "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}}],
        "ports": [tcp(port) for port in sorted(ports)],
    }


def _mail_servers() -> Manifest:
    """The way to a server of mail that is outside, by TLS. One inside the cluster needs a policy of yours."""
    ports = [tcp(port) for port in MAIL_PORTS]
    return {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": PRIVATE}}], "ports": ports}


def _port_of(address: str) -> int:
    parts = urlsplit(address)
    return parts.port or (80 if parts.scheme == "http" else 443)


PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]


def _migration(facts: Facts) -> Manifest:
    pods = {"matchLabels": {"app.kubernetes.io/name": f"{facts.name}-migrate"}}
    egress = [dns(), to_pods({"cnpg.io/cluster": f"{facts.name}-db"}, POSTGRES_PORT)]
    return policy(facts, "-migrate", pods, [], egress)


def _worker(facts: Facts) -> list[Manifest]:
    """In: metrics. Out: the pooler, and the servers themselves, which notify of new jobs."""
    if not facts.jobs:
        return []
    ingress = [{"from": [_namespace(MONITORING)], "ports": [tcp(WORKER_PORT)]}]
    pooler, cluster = _pooler_labels(facts), {"cnpg.io/cluster": f"{facts.name}-db"}
    egress = [dns(), to_pods(pooler, POSTGRES_PORT), to_pods(cluster, POSTGRES_PORT)]
    egress += [_outside(facts, True)] if facts.calling_jobs else []
    egress += [_mail_servers()] if facts.mails else []
    return [policy(facts, "-worker", {"matchLabels": worker_labels(facts)}, ingress, egress)]


def _database(facts: Facts) -> Manifest:
    """In: the servers of the cluster, pooler and migration, the operator (state and queries), metrics. Out: the servers, the
    API of Kubernetes, and the object store of the backups."""
    cluster = {"cnpg.io/cluster": f"{facts.name}-db"}
    clients = [
        {"podSelector": {"matchLabels": labels}}
        for labels in (cluster, _pooler_labels(facts), {"app.kubernetes.io/name": f"{facts.name}-migrate"})
    ]
    clients += [{"podSelector": {"matchLabels": worker_labels(facts)}}] if facts.jobs else []
    clients += [{"podSelector": {"matchLabels": facts.selector}}] if facts.reads_replica else []
    status = [{"podSelector": {"matchLabels": cluster}}, _namespace(OPERATOR)]
    ingress = [
        {"from": clients, "ports": [tcp(POSTGRES_PORT)]},
        {"from": status, "ports": [tcp(STATUS_PORT), tcp(POSTGRES_PORT)]},
        {"from": [_namespace(MONITORING)], "ports": [tcp(METRICS_PORT)]},
    ]
    outside = _api_server(*_object_store_ports(facts))
    egress = [dns(), to_pods(cluster, POSTGRES_PORT), to_pods(cluster, STATUS_PORT), outside]
    return policy(facts, "-db", {"matchLabels": cluster}, ingress, egress)


def _pooler(facts: Facts) -> Manifest:
    """In: the service, and metrics. Out: the servers, and the API of Kubernetes, where it reads its certificates."""
    labels = _pooler_labels(facts)
    ingress = [
        {
            "from": [{"podSelector": {"matchLabels": each}} for each in _served(facts)],
            "ports": [tcp(POSTGRES_PORT)],
        },
        {"from": [_namespace(MONITORING)], "ports": [tcp(POOLER_METRICS_PORT)]},
    ]
    cluster = {"cnpg.io/cluster": f"{facts.name}-db"}
    egress = [dns(), to_pods(cluster, POSTGRES_PORT), _api_server()]
    return policy(facts, "-pooler", {"matchLabels": labels}, ingress, egress)


def _served(facts: Facts) -> list[dict[str, str]]:
    programs = [facts.selector, *([worker_labels(facts)] if facts.jobs else [])]
    return [*programs, *([facts.relay_labels] if facts.relay else [])]


def _pooler_labels(facts: Facts) -> dict[str, str]:
    return {"cnpg.io/poolerName": f"{facts.name}-pooler"}


def _api_server(*more: int) -> Manifest:
    """Its address is not known here, and an object store mostly has the same port."""
    return {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [tcp(port) for port in (443, 6443, *more)]}


def _object_store_ports(facts: Facts) -> list[int]:
    """Return the ports of object stores that are no common ones, in any deploy."""
    endpoints = [deploy.backup.endpoint for deploy in facts.deploys if deploy.backup is not None]
    found = {urlsplit(endpoint.text).port for endpoint in endpoints if endpoint is not None}
    return sorted(port for port in found if port is not None and port not in (443, 6443))


def callers(facts: Facts) -> list[Manifest]:
    """Return the namespaces that may call the service: what routes, and the metrics scraper."""
    return [_namespace(router_namespace(facts)), _namespace(MONITORING)]


def router_namespace(facts: Facts) -> str:
    """Return where the controller is that routes requests to the service."""
    ingress = facts.deploy.ingress
    if ingress is None:
        return (facts.deploy.gateway or DeployGateway()).namespace
    return ingress.namespace or INGRESS_NAMESPACES.get(ingress.ingress_class or "", "ingress")


def policy(
    facts: Facts, suffix: str, pods: Manifest, ingress: list[Manifest], egress: list[Manifest]
) -> Manifest:
    """Return a policy of the pods that have these labels; without rules nothing comes in or goes out."""
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


def dns() -> Manifest:
    """Return the way to the name server."""
    peer = {**_namespace("kube-system"), "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    return {"to": [peer], "ports": [{"protocol": "UDP", "port": 53}, tcp(53)]}


def to_pods(labels: dict[str, str], port: int) -> Manifest:
    """Return the way to pods of the namespace."""
    return {"to": [{"podSelector": {"matchLabels": labels}}], "ports": [tcp(port)]}


def _namespace(name: str) -> Manifest:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def tcp(port: int) -> Manifest:
    """Return a port."""
    return {"protocol": "TCP", "port": port}
