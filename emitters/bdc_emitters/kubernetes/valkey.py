"""Valkey, which the limits of callers are counted in: a component of the overlays whose deploy has it.

It keeps numbers that are of no use after minutes, so that there is no disk and no copy: while it is away, each replica counts for itself.
"""

from bdc.ir import DeployValkey
from bdc.ir.sizes import MEBIBYTE
from bdc_emitters.kubernetes.facts import Facts, Manifest, cpu, size
from bdc_emitters.kubernetes.network import dns, policy, tcp, to_pods
from bdc_emitters.kubernetes.workload import CONTAINER_SECURITY, POD_SECURITY

PORT = 6379
IMAGE = "docker.io/valkey/valkey:8.1-alpine"


def address(facts: Facts) -> str:
    """Return where the service finds it; '' where the deploy has none."""
    return f"valkey://{facts.name}-valkey:{PORT}" if facts.deploy.valkey is not None else ""


def valkey_parts(facts: Facts) -> dict[str, list[Manifest]]:
    """Return component → documents; nothing where no deploy has it."""
    said = next((deploy.valkey for deploy in facts.deploys if deploy.valkey is not None), None)
    if said is None:
        return {}
    labels = _labels(facts)
    return {
        "valkey": [
            _deployment(facts, said),
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": facts.metadata("valkey", "-valkey"),
                "spec": {
                    "type": "ClusterIP",
                    "selector": labels,
                    "ports": [{"name": "valkey", "port": PORT, "targetPort": "valkey", "protocol": "TCP"}],
                },
            },
            _into(facts),
            # Beside the policy of the service, which does not know of it: policies add up.
            policy(facts, "-to-valkey", {"matchLabels": facts.selector}, [], [dns(), to_pods(labels, PORT)]),
        ]
    }


def _into(facts: Facts) -> Manifest:
    callers = [{"podSelector": {"matchLabels": facts.selector}}]
    return policy(
        facts, "-valkey", {"matchLabels": _labels(facts)}, [{"from": callers, "ports": [tcp(PORT)]}], []
    )


def _labels(facts: Facts) -> dict[str, str]:
    return {"app.kubernetes.io/name": f"{facts.name}-valkey", "app.kubernetes.io/instance": facts.name}


def _deployment(facts: Facts, said: DeployValkey) -> Manifest:
    labels = _labels(facts)
    everything = {
        **labels,
        "app.kubernetes.io/component": "valkey",
        "app.kubernetes.io/part-of": facts.name,
        "app.kubernetes.io/managed-by": "bdc",
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": facts.metadata("valkey", "-valkey"),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 3,
            # Two at once would count twice.
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": everything},
                "spec": {
                    "serviceAccountName": facts.name,
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    "securityContext": POD_SECURITY,
                    "containers": [_container(said)],
                },
            },
        },
    }


def _container(said: DeployValkey) -> Manifest:
    memory = size(said.memory_limit, MEBIBYTE)
    arguments = ["valkey-server", "--save", "", "--appendonly", "no", "--protected-mode", "no"]
    # Full of callers, it forgets those that were longest away instead of refusing.
    arguments += [
        "--maxmemory",
        f"{said.memory_limit * 3 // 4 // MEBIBYTE}mb",
        "--maxmemory-policy",
        "volatile-ttl",
    ]
    probe = {"tcpSocket": {"port": "valkey"}}
    return {
        "name": "valkey",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "args": arguments,
        "ports": [{"name": "valkey", "containerPort": PORT, "protocol": "TCP"}],
        "resources": {
            "requests": {"cpu": cpu(said.cpu_request, said.cpu_request), "memory": memory},
            "limits": {"cpu": cpu(said.cpu_limit, said.cpu_limit), "memory": memory},
        },
        "securityContext": CONTAINER_SECURITY,
        "readinessProbe": {**probe, "periodSeconds": 5},
        "livenessProbe": {**probe, "periodSeconds": 10, "failureThreshold": 6},
    }
