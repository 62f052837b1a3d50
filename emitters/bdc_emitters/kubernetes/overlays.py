"""One overlay per `deploy` block: what differs from the base, as patches, and the components that environment has."""

from dataclasses import replace
from typing import Any

from bdc.ir import Deploy
from bdc.naming.dns import label_value
from bdc.output.document import to_yaml
from bdc_emitters.kubernetes.facts import GIBIBYTE, UNSET_DIGEST, Facts, Manifest, service_of, size
from bdc_emitters.kubernetes.scaling import cpu_target
from bdc_emitters.kubernetes.workload import resources

# Where people develop there is no identity platform, no secret store and no gateway of the organisation.
SMALL_COMPONENTS: tuple[str, ...] = ()
COMPONENTS = ("external-secret", "gateway", "service-monitor")


def overlay_files(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return (path below infrastructure/kubernetes, text)."""
    return tuple(
        (f"overlays/{deploy.name}/kustomization.yaml", to_yaml(_kustomization(facts, deploy)))
        for deploy in facts.deploys
    )


def _kustomization(facts: Facts, deploy: Deploy) -> Manifest:
    components = SMALL_COMPONENTS if deploy.database.embedded else COMPONENTS
    kustomization: Manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": facts.namespace,
        "resources": ["../../base"],
        "labels": [{"pairs": {"environment": label_value(deploy.name)}, "includeSelectors": False}],
        # The pipeline writes the digest of the image it has built and tested here.
        "images": [{"name": facts.image, "digest": UNSET_DIGEST}],
        "patches": _patches(facts, deploy),
    }
    if components:
        kustomization["components"] = [f"../../components/{name}" for name in components]
    return kustomization


def _patches(facts: Facts, deploy: Deploy) -> list[Manifest]:
    service = service_of(deploy, facts.service.api)
    theirs = replace(facts, service=service, database=deploy.database)
    database: list[tuple[str, Any]] = [
        ("/spec/instances", deploy.database.replicas),
        ("/spec/storage/size", size(deploy.database.storage_bytes, 10 * GIBIBYTE)),
    ]
    if facts.database.replicas > 1 and deploy.database.replicas == 1:
        database.append(("-/spec/postgresql/synchronous", None))
    return [
        _patch(
            "ConfigMap",
            f"{facts.name}-config",
            [
                ("/data/ENVIRONMENT", _environment(deploy)),
                ("/data/DATABASE_POOL_SIZE", str(deploy.database.pool)),
            ],
        ),
        _patch("Deployment", facts.name, [("/spec/template/spec/containers/0/resources", resources(theirs))]),
        _patch(
            "HorizontalPodAutoscaler",
            facts.name,
            [
                ("/spec/minReplicas", service.replicas_min),
                ("/spec/maxReplicas", service.replicas_max),
                ("/spec/metrics/0/resource/target/averageUtilization", cpu_target(service.cpu_target)),
            ],
        ),
        _patch("Cluster", f"{facts.name}-db", database),
    ]


def _environment(deploy: Deploy) -> str:
    """The service knows three environments; a deploy of another name is held to what production is held to."""
    return deploy.name if deploy.name in ("development", "staging", "production") else "production"


def _patch(kind: str, name: str, changes: list[tuple[str, Any]]) -> Manifest:
    operations = [
        {"op": "remove", "path": path[1:]}
        if path.startswith("-")
        else {"op": "replace", "path": path, "value": value}
        for path, value in changes
    ]
    return {"target": {"kind": kind, "name": name}, "patch": to_yaml(operations)}
