"""Kubernetes manifests as a Kustomize tree: a complete base, opt-in components, one overlay per `deploy` block.

What comes in: the system's apis and deploys. What goes out: `infrastructure/kubernetes/`. All of it is data printed by one
YAML serialiser. Absent on purpose: secret values (they are referenced by name) and image digests (the pipeline sets them;
until then an overlay names a digest that no registry holds, so that nothing unknown can run).
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_yaml
from bdc_emitters.kubernetes.components import component_files
from bdc_emitters.kubernetes.configuration import config_map
from bdc_emitters.kubernetes.database import database_manifests
from bdc_emitters.kubernetes.facts import Facts, facts_of
from bdc_emitters.kubernetes.jobs import worker_manifests
from bdc_emitters.kubernetes.migration import migration_manifests
from bdc_emitters.kubernetes.network import network_manifests
from bdc_emitters.kubernetes.overlays import overlay_files
from bdc_emitters.kubernetes.refreshing import refreshing_manifests
from bdc_emitters.kubernetes.relay import relay_manifests
from bdc_emitters.kubernetes.scaling import scaling_manifests
from bdc_emitters.kubernetes.workload import workload_manifests

ROOT = "infrastructure/kubernetes"


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield the tree; nothing when the system offers no api."""
    if not system.apis:
        return
    facts = facts_of(system)
    yield from _base(facts)
    for path, text in (*component_files(facts), *overlay_files(facts)):
        yield GeneratedFile(f"{ROOT}/{path}", text)


def _base(facts: Facts) -> Iterable[GeneratedFile]:
    manifests = {
        **workload_manifests(facts),
        **scaling_manifests(facts),
        **network_manifests(facts),
        **database_manifests(facts),
        **migration_manifests(facts),
        **refreshing_manifests(facts),
        **worker_manifests(facts),
        **relay_manifests(facts),
    }
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": facts.namespace,
        "resources": [f"{name}.yaml" for name in manifests],
        "configMapGenerator": [config_map(facts)],
    }
    yield GeneratedFile(f"{ROOT}/base/kustomization.yaml", to_yaml(kustomization))
    for name, documents in manifests.items():
        yield GeneratedFile(f"{ROOT}/base/{name}.yaml", to_yaml(*documents))


EMITTER = Emitter(name="kubernetes", emit=emit)
