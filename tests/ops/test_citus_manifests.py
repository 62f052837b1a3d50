"""The manifests of a system on shards, as a cluster would get them: servers of Citus in place of the one that CloudNativePG runs."""

from pathlib import Path

import pytest
import yaml

from bdc_emitters.kubernetes.citus import IMAGE
from tests.ops.rendered import Document, rendered
from tests.support.emitted import build
from tests.support.served import SYSTEMS


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(SYSTEMS / "rental", tmp_path_factory.mktemp("rental"))


def one(documents: tuple[Document, ...], kind: str, name: str) -> Document:
    (found,) = [each for each in documents if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def test_production_has_a_coordinator_and_its_workers_and_development_one_server(out: Path) -> None:
    production, development = (rendered(out, overlay) for overlay in ("production", "development"))
    kinds = {each["kind"] for each in production}
    assert kinds.isdisjoint({"Cluster", "Pooler"}) and "StatefulSet" in kinds
    assert {"Cluster", "Pooler"} <= {each["kind"] for each in development}
    assert one(production, "StatefulSet", "rental-worker")["spec"]["replicas"] == 3
    assert one(production, "StatefulSet", "rental-coordinator")["spec"]["replicas"] == 1


def test_services_lead_to_the_coordinator_and_policies_let_its_callers_in(out: Path) -> None:
    documents = rendered(out, "production")
    labels = {
        part: one(documents, "StatefulSet", f"rental-{part}")["spec"]["template"]["metadata"][
            "labels"
        ].items()
        for part in ("coordinator", "worker")
    }
    for name in ("rental-pooler", "rental-db-rw"):
        selector = one(documents, "Service", name)["spec"]["selector"].items()
        assert selector <= labels["coordinator"] and not selector <= labels["worker"]
    for name, part in (
        ("rental-db", "worker"),
        ("rental-db", "coordinator"),
        ("rental-pooler", "coordinator"),
    ):
        pods = one(documents, "NetworkPolicy", name)["spec"]["podSelector"]["matchLabels"].items()
        assert pods <= labels[part]


def test_the_migration_joins_every_server_first_with_what_the_pods_have(out: Path) -> None:
    documents = rendered(out, "production")
    pod = one(documents, "Job", "rental-migrate")["spec"]["template"]["spec"]
    (joining,) = pod["initContainers"]
    assert joining["image"] == IMAGE
    assert {each["name"] for each in joining["volumeMounts"]} <= {each["name"] for each in pod["volumes"]}
    script = one(documents, "ConfigMap", "rental-citus")["data"]["cluster.sql"]
    headless = one(documents, "Service", "rental-db")
    assert headless["spec"]["clusterIP"] == "None"
    hosts = [f"rental-worker-{number}.rental-db" for number in range(3)]
    assert all(f"citus_add_node('{host}', 5432)" in script for host in hosts)
    assert script.count("citus_add_node") == 3


def test_what_servers_mount_exists(out: Path) -> None:
    documents = rendered(out, "production")
    made = {each["spec"]["secretName"] for each in documents if each["kind"] == "Certificate"}
    made |= {each["spec"]["target"]["name"] for each in documents if each["kind"] == "ExternalSecret"}
    for part in ("coordinator", "worker"):
        spec = one(documents, "StatefulSet", f"rental-{part}")["spec"]
        pod = spec["template"]["spec"]
        assert {each["secret"]["secretName"] for each in pod["volumes"] if "secret" in each} <= made
        claims = {each["metadata"]["name"] for each in spec["volumeClaimTemplates"]}
        volumes = {each["name"] for each in pod["volumes"]} | claims
        (container,) = pod["containers"]
        assert {each["name"] for each in container["volumeMounts"]} == volumes


def test_compose_joins_two_workers_before_it_migrates(out: Path) -> None:
    compose = yaml.safe_load((out / "infrastructure/docker/compose.yaml").read_text())
    services = compose["services"]
    assert {"database", "worker-1", "worker-2", "cluster"} <= services.keys()
    assert services["migrate"]["depends_on"] == {"cluster": {"condition": "service_completed_successfully"}}
    assert {"worker-1", "worker-2"} <= compose["volumes"].keys()
    script = compose["configs"]["cluster"]["content"]
    assert script.count("$$$$") == 6 and "citus_set_coordinator_host('database'" in script
