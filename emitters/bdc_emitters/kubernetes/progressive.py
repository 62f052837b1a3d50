"""Blue-green and canary: a Rollout of Argo Rollouts that takes the pods of the Deployment, and an analysis that looks at the new version's errors.

Only overlays whose deploy says `rollout: canary` or `rollout: blue_green` have them. The Deployment stays the one description of the pods; the
Rollout scales it to zero when it has taken over.
"""

from bdc_emitters.kubernetes.facts import Facts, Manifest
from bdc_emitters.kubernetes.patches import Change, patch

ARGO = "argoproj.io/v1alpha1"
# Where the Prometheus operator makes Prometheus answer.
PROMETHEUS = "http://prometheus-operated.monitoring.svc:9090"
# A version whose errors are ten times what its objective allows is not let on; without an objective, one in a hundred.
BURN, DEFAULT_ERRORS = 10, 0.01
# After the switch the old version waits, so that the way back takes seconds.
KEPT_SECONDS = 600
_COMPONENTS = {"canary": "canary", "blue_green": "blue-green"}


def progressive(facts: Facts) -> str | None:
    """Return the component of an environment that rolls out progressively."""
    return _COMPONENTS.get(facts.service.rollout)


def progressive_parts(facts: Facts) -> dict[str, list[Manifest]]:
    """Return component → documents, of those that some environment has."""
    used = {progressive(facts.of(deploy)) for deploy in facts.deploys}
    found = {
        "canary": [_rollout(facts, _canary(facts)), _analysis(facts)],
        "blue-green": [_rollout(facts, _blue_green(facts)), _analysis(facts), _preview(facts)],
    }
    return {name: documents for name, documents in found.items() if name in used}


def scaled_by_rollout(facts: Facts) -> Manifest:
    """Return the patch that lets the autoscaler scale the Rollout."""
    target = {"apiVersion": ARGO, "kind": "Rollout", "name": facts.name}
    return patch("HorizontalPodAutoscaler", facts.name, [Change("/spec/scaleTargetRef", target)])


def _rollout(facts: Facts, strategy: Manifest) -> Manifest:
    return {
        "apiVersion": ARGO,
        "kind": "Rollout",
        "metadata": facts.metadata("api"),
        "spec": {
            "workloadRef": {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "name": facts.name,
                "scaleDown": "onsuccess",
            },
            "revisionHistoryLimit": 5,
            "minReadySeconds": 10,
            "progressDeadlineSeconds": 300,
            "progressDeadlineAbort": True,
            # The way back skips the steps.
            "rollbackWindow": {"revisions": 1},
            "strategy": strategy,
        },
    }


def _canary(facts: Facts) -> Manifest:
    """A tenth of the replicas, then half, then all, each as long as the analysis finds nothing."""
    step = {"analysis": {"templates": [{"templateName": facts.name}], "args": [_hash()]}}
    return {
        "canary": {
            "maxSurge": "25%",
            "maxUnavailable": 0,
            "steps": [{"setWeight": 10}, step, {"setWeight": 50}, step],
        }
    }


def _blue_green(facts: Facts) -> Manifest:
    """All replicas of the new version beside the old ones; callers are switched when they are ready, and back when the analysis says so."""
    return {
        "blueGreen": {
            "activeService": facts.name,
            "previewService": f"{facts.name}-preview",
            "autoPromotionEnabled": True,
            "scaleDownDelaySeconds": KEPT_SECONDS,
            "postPromotionAnalysis": {"templates": [{"templateName": facts.name}], "args": [_hash()]},
        }
    }


def _hash() -> Manifest:
    return {"name": "hash", "valueFrom": {"podTemplateHashValue": "Latest"}}


def _analysis(facts: Facts) -> Manifest:
    """Five times a minute apart: the share of errors that pods of the new version answer with."""
    available = facts.service.availability
    allowed = DEFAULT_ERRORS if available is None else min(DEFAULT_ERRORS, (1 - available) * BURN)
    series = f'http_server_request_duration_seconds_count{{job="{facts.name}",pod=~"{facts.name}-{{{{args.hash}}}}-.*"'
    probes = 'route!~"/healthz|/readyz|/metrics"'
    errors = f'(sum(rate({series},{probes},status=~"5.."}}[2m])) or vector(0))'
    everything = f"(sum(rate({series},{probes}}}[2m])) > 0 or vector(1))"
    return {
        "apiVersion": ARGO,
        "kind": "AnalysisTemplate",
        "metadata": facts.metadata("api"),
        "spec": {
            "args": [{"name": "hash"}],
            "metrics": [
                {
                    "name": "errors",
                    "initialDelay": "1m",
                    "interval": "1m",
                    "count": 5,
                    "failureLimit": 1,
                    "successCondition": f"result[0] <= {round(allowed, 6)}",
                    "provider": {"prometheus": {"address": PROMETHEUS, "query": f"{errors} / {everything}"}},
                }
            ],
        },
    }


def _preview(facts: Facts) -> Manifest:
    port = {"name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": facts.metadata("api", "-preview"),
        "spec": {"type": "ClusterIP", "selector": facts.selector, "ports": [port]},
    }
