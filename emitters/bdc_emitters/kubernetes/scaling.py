"""How many run: autoscaler, disruption budget, priority, and the bounds of the namespace."""

from bdc.ir.sizes import CPU_TARGET
from bdc_emitters.kubernetes.facts import Facts, Manifest


def scaling_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {
        "hpa": [_autoscaler(facts)],
        "pdb": [_disruption_budget(facts)],
        "priorityclass": [_priority(facts)],
        "limits": [_limit_range(facts), _quota(facts)],
    }


def _autoscaler(facts: Facts) -> Manifest:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": facts.metadata("api"),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": facts.name},
            "minReplicas": facts.service.replicas_min,
            "maxReplicas": facts.service.replicas_max,
            "metrics": scaling_metrics(facts),
            "behavior": _behaviour(),
        },
    }


def scaling_metrics(facts: Facts) -> list[Manifest]:
    """Return what the autoscaler looks at: processor, and requests in flight where the deploy says how many a replica takes
    (a metric of pods, which an adapter serves)."""
    target = {"type": "Utilization", "averageUtilization": cpu_target(facts.service.cpu_target)}
    metrics: list[Manifest] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    if facts.service.requests_target is not None:
        average = {"type": "AverageValue", "averageValue": str(facts.service.requests_target)}
        pods = {"metric": {"name": "http_server_active_requests"}, "target": average}
        metrics.append({"type": "Pods", "pods": pods})
    return metrics


def cpu_target(ratio: float | None) -> int:
    """The autoscaler's percentage for a ratio of the requested CPU."""
    return round((CPU_TARGET if ratio is None else ratio) * 100)


def _behaviour() -> Manifest:
    """Up at once, down slowly: a second wave often follows the first."""
    return {
        "scaleDown": {
            "stabilizationWindowSeconds": 300,
            "policies": [{"type": "Percent", "value": 20, "periodSeconds": 60}],
        },
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "policies": [
                {"type": "Percent", "value": 100, "periodSeconds": 15},
                {"type": "Pods", "value": 4, "periodSeconds": 15},
            ],
            "selectPolicy": "Max",
        },
    }


def _disruption_budget(facts: Facts) -> Manifest:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": facts.metadata("api"),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": facts.selector},
        },
    }


def _priority(facts: Facts) -> Manifest:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": f"{facts.name}-api", "labels": facts.labels("api")},
        "value": 100000,
        "globalDefault": False,
        "description": f"The API of {facts.name}: before batch work.",
    }


def _limit_range(facts: Facts) -> Manifest:
    """What a container gets that says nothing itself; every container of these manifests does, the database's too."""
    limit = {
        "type": "Container",
        "default": {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "128Mi"},
        "defaultRequest": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "32Mi"},
    }
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": facts.metadata("namespace"),
        "spec": {"limits": [limit]},
    }


def pods(facts: Facts) -> str:
    """Twice what the autoscaler may ask for (a rollout surges), plus database, poolers and migration."""
    sharded = facts.database.engine == "citus"
    servers = facts.database.workers + 1 if sharded else facts.database.replicas
    return str(facts.service.replicas_max * 2 + servers * 2 + facts.poolers * 2 + 4)


def _quota(facts: Facts) -> Manifest:
    hard = {"pods": pods(facts), "services.loadbalancers": "0", "services.nodeports": "0"}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": facts.metadata("namespace"),
        "spec": {"hard": hard},
    }
