"""One overlay per `deploy` block: what differs from the base, as patches, and the components that environment has."""

from bdc.ir import Deploy
from bdc.ir.sizes import DATABASE_STORAGE
from bdc.naming.dns import label_value
from bdc.output.document import to_yaml
from bdc_emitters.kubernetes.alerts import alert_routes
from bdc_emitters.kubernetes.backup import archiver, backup_manifests
from bdc_emitters.kubernetes.certificate import certificate_manifests
from bdc_emitters.kubernetes.citus import citus_manifests, citus_patches, is_sharded
from bdc_emitters.kubernetes.configuration import config_map
from bdc_emitters.kubernetes.database import (
    database_resources,
    pooler_parameters,
    pooler_template,
    postgresql,
)
from bdc_emitters.kubernetes.facts import UNSET_DIGEST, Facts, Manifest, size
from bdc_emitters.kubernetes.network import callers
from bdc_emitters.kubernetes.patches import Change, patch
from bdc_emitters.kubernetes.progressive import progressive, scaled_by_rollout
from bdc_emitters.kubernetes.routing import routing_patches
from bdc_emitters.kubernetes.scaling import pods, scaling_metrics
from bdc_emitters.kubernetes.secrets import secret_path, store
from bdc_emitters.kubernetes.values import replacements, values_file, values_generator, variables
from bdc_emitters.kubernetes.workload import resources

# Where people develop there is no identity platform, no secret store and no gateway of the organisation.
SMALL_COMPONENTS: tuple[str, ...] = ()


def overlay_files(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return (path below infrastructure/kubernetes, text)."""
    return tuple(file for deploy in facts.deploys for file in _files(facts.of(deploy), deploy))


def _files(facts: Facts, deploy: Deploy) -> list[tuple[str, str]]:
    own = {
        "backup.yaml": [] if is_sharded(facts) else backup_manifests(facts),
        "alerts.yaml": alert_routes(facts),
        "certificate.yaml": certificate_manifests(facts),
        "citus.yaml": citus_manifests(facts),
    }
    texts = {name: to_yaml(*documents) for name, documents in own.items() if documents}
    texts["kustomization.yaml"] = to_yaml(_kustomization(facts, deploy, tuple(texts)))
    if variables(facts):
        texts["values.env"] = values_file(facts)
    return [(f"overlays/{deploy.name}/{name}", text) for name, text in texts.items()]


def components(deploy: Deploy) -> tuple[str, ...]:
    """Return the components of an environment."""
    if deploy.database.embedded:
        return SMALL_COMPONENTS
    return (
        "external-secret",
        "gateway" if deploy.ingress is None else "ingress",
        "service-monitor",
        "alerts",
    )


def _kustomization(facts: Facts, deploy: Deploy, own: tuple[str, ...]) -> Manifest:
    found = components(deploy) + tuple(filter(None, (progressive(facts), deploy.valkey and "valkey")))
    kustomization: Manifest = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": deploy.namespace or facts.namespace,
        "resources": ["../../base", *own],
        "labels": [{"pairs": {"environment": label_value(deploy.name)}, "includeSelectors": False}],
        # The pipeline writes the digest of the image it has built and tested here.
        "images": [{"name": facts.image, "newName": image(facts), "digest": UNSET_DIGEST}],
        "configMapGenerator": [config_map(facts, behavior="merge")],
        "patches": [*_patches(facts), *(routing_patches(facts) if components(deploy) else ())],
        # Namespace and accounts first, then what needs them.
        "sortOptions": {"order": "legacy"},
    }
    if found:
        kustomization["components"] = [f"../../components/{name}" for name in found]
    if variables(facts):
        kustomization["configMapGenerator"].append(values_generator())
        kustomization["replacements"] = replacements(facts)
    return kustomization


def image(facts: Facts) -> str:
    """Return the repository of the image, as far as the deploy says it; the pipeline gives another one where it does not."""
    registry = facts.deploy.registry
    if registry is None or not registry.text:
        return facts.image
    return f"{registry.text}/{facts.deploy.image or facts.name}"


def _patches(facts: Facts) -> list[Manifest]:
    service, database = facts.service, facts.database
    found = [
        patch(
            "Deployment", facts.name, [Change("/spec/template/spec/containers/0/resources", resources(facts))]
        ),
        patch(
            "HorizontalPodAutoscaler",
            facts.name,
            [
                Change("/spec/minReplicas", service.replicas_min),
                Change("/spec/maxReplicas", service.replicas_max),
                Change("/spec/metrics", scaling_metrics(facts)),
            ],
        ),
        patch("ResourceQuota", facts.name, [Change("/spec/hard/pods", pods(facts))]),
        patch("NetworkPolicy", facts.name, [Change("/spec/ingress/0/from", callers(facts))]),
        *(citus_patches(facts) if is_sharded(facts) else _server_patches(facts)),
    ]
    if progressive(facts):
        found.append(scaled_by_rollout(facts))
    return found if database.embedded else [*found, _secrets(facts)]


def _server_patches(facts: Facts) -> list[Manifest]:
    database = facts.database
    return [
        patch(
            "Cluster",
            f"{facts.name}-db",
            [
                Change("/spec/instances", database.replicas),
                Change("/spec/storage/size", size(database.storage_bytes, DATABASE_STORAGE)),
                Change("/spec/resources", database_resources(facts)),
                Change("/spec/postgresql", postgresql(facts)),
                *([Change("/spec/plugins", archiver(facts), "add")] if facts.deploy.backup else ()),
            ],
        ),
        patch(
            "Pooler",
            f"{facts.name}-pooler",
            [
                Change("/spec/instances", facts.poolers),
                Change("/spec/pgbouncer/parameters", pooler_parameters(facts)),
                Change("/spec/template", pooler_template(facts)),
            ],
        ),
    ]


def _secrets(facts: Facts) -> Manifest:
    key = f"{secret_path(facts)}/runtime"
    entries = [Change(f"/spec/data/{at}/remoteRef/key", key) for at in range(len(facts.secret_keys))]
    changes = [Change("/spec/secretStoreRef", store(facts)), *entries]
    return patch("ExternalSecret", f"{facts.name}-runtime", changes)
