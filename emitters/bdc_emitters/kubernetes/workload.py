"""What serves: the deployment and its account, under the *restricted* Pod Security standard."""

from bdc.ir.sizes import MEBIBYTE, service_cpu, service_memory
from bdc_emitters.kubernetes.facts import PORT, UID, UNSET_DIGEST, Facts, Manifest, cpu, size

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
AUTHORITY = "/run/secrets/authority"
READ_ONLY_BY_GROUP = 0o440
# Before it is asked to end, a replica goes on until every node has heard that it does (preStop); then requests may end for 20
# seconds (`[limits] drain`), and statements for 20 more.
PRE_STOP_SECONDS = 10
GRACE_SECONDS = 60
# Argo CD: what everything stands on (0), then the migration, then the service.
MIGRATION_WAVE, ROLLOUT_WAVE = 1, 2


def workload_manifests(facts: Facts) -> dict[str, list[Manifest]]:
    """Return file name → documents."""
    return {
        "namespace": [_namespace(facts)],
        "serviceaccount": [_service_account(facts)],
        "deployment": [_deployment(facts)],
    }


def _namespace(facts: Facts) -> Manifest:
    prefix = "pod-security.kubernetes.io/"
    modes = {f"{prefix}{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    labels = {**facts.labels("namespace"), **modes, f"{prefix}enforce-version": "latest"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": facts.namespace, "labels": labels}}


def _service_account(facts: Facts) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": facts.metadata("namespace"),
        "automountServiceAccountToken": False,
    }


def _deployment(facts: Facts) -> Manifest:
    # No `replicas` beside an autoscaler: every apply would fight it.
    metadata = facts.metadata("api") | {
        "annotations": {
            "polaris.fairwinds.com/deploymentMissingReplicas-exempt": "true",
            **sync_wave(ROLLOUT_WAVE),
        }
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
            *secret_volumes(facts),
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
        "env": secret_files(facts),
        "volumeMounts": mounts(),
        "resources": resources(facts),
        "securityContext": CONTAINER_SECURITY,
        "startupProbe": _probe("/healthz", periodSeconds=2, failureThreshold=30),
        "readinessProbe": _probe("/readyz", periodSeconds=5, timeoutSeconds=2, failureThreshold=3),
        "livenessProbe": _probe("/healthz", periodSeconds=10, timeoutSeconds=2, failureThreshold=6),
        "lifecycle": {"preStop": {"sleep": {"seconds": PRE_STOP_SECONDS}}},
    }


def secret_files(facts: Facts) -> list[Manifest]:
    """Return the variables that name the files of secrets."""
    named = {name: name if name in facts.external_secrets else name.upper() for name in facts.secret_keys}
    return [{"name": f"{named[name]}_FILE", "value": f"{SECRETS}/{name}"} for name in facts.secret_keys]


def mounts() -> list[Manifest]:
    return [
        {"name": "tmp", "mountPath": "/tmp"},
        {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
        {"name": "authority", "mountPath": AUTHORITY, "readOnly": True},
    ]


def secret_volumes(facts: Facts, *owner: Manifest) -> list[Manifest]:
    """The secrets of the service, and the certificate of the authority that the database's own is checked against. `owner`:
    further sources of secrets."""
    runtime = {
        "secret": {
            "name": f"{facts.name}-runtime",
            "items": [{"key": key, "path": key} for key in facts.secret_keys],
        }
    }
    authority = {"secretName": f"{facts.name}-db-ca", "defaultMode": READ_ONLY_BY_GROUP}
    return [
        {"name": "secrets", "projected": {"defaultMode": READ_ONLY_BY_GROUP, "sources": [runtime, *owner]}},
        {"name": "authority", "secret": {**authority, "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
    ]


def sync_wave(wave: int) -> dict[str, str]:
    """Where Argo CD puts it in the order of a release."""
    return {"argocd.argoproj.io/sync-wave": str(wave)}


def _probe(path: str, **timing: int) -> Manifest:
    return {"httpGet": {"path": path, "port": "http"}, **timing}


def resources(facts: Facts) -> Manifest:
    """Requests and limits of the service; memory has one number, since a page cannot be taken back."""
    memory = size(service_memory(facts.service), MEBIBYTE)
    asked, limit = service_cpu(facts.service)
    return {
        "requests": {"cpu": cpu(asked, asked), "memory": memory, "ephemeral-storage": "64Mi"},
        "limits": {"cpu": cpu(limit, limit), "memory": memory, "ephemeral-storage": "256Mi"},
    }
