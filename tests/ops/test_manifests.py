"""Laws over the manifests: what is named is there, what the service needs it is given, and the database has room to live in."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.ops.rendered import OVERLAYS, Document, build, environment_of, of_kind, one, pods, rendered

SYSTEMS = ("shop", "operated")
CASES = [(system, overlay) for system in SYSTEMS for overlay in OVERLAYS]
KEY = base64.b64encode(bytes(32)).decode()
SECRETS = {
    "database_password": "a-password",
    "cursor_key": "0123456789abcdef",
    "encryption_keys": f"key-1={KEY}",
    "database_url": "postgresql://owner@127.0.0.1/x",
}
CHECK = "from services.engine.config import load_settings as load; s = load(); print(s.database.url, s.database.password)"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: build(name, tmp_path_factory.mktemp(name)) for name in SYSTEMS}


def made(documents: tuple[Document, ...], out: Path) -> set[tuple[str, str]]:
    """Return (kind, name) of what the documents make, and of what operators and scripts make of them."""
    found = {(each["kind"], each["metadata"]["name"]) for each in documents}
    for each in documents:
        name, spec = each["metadata"]["name"], each.get("spec", {})
        if each["kind"] == "ExternalSecret":
            found.add(("Secret", spec["target"]["name"]))
        if each["kind"] == "Certificate":
            found.add(("Secret", spec["secretName"]))
        if each["kind"] == "Cluster":
            found |= {("Secret", f"{name}-{part}") for part in ("app", "ca", "server", "replication")}
        if each["kind"] == "Ingress" and "cert-manager.io/cluster-issuer" in each["metadata"].get(
            "annotations", {}
        ):
            found |= {("Secret", entry["secretName"]) for entry in spec["tls"]}
    if not any(each["kind"] == "ExternalSecret" for each in documents):
        script = (out / "infrastructure/ci-cd/secrets.sh").read_text(encoding="utf-8")
        found |= {
            ("Secret", line.split()[-2]) for line in script.splitlines() if "create secret generic" in line
        }
    return found


def named(documents: tuple[Document, ...]) -> set[tuple[str, str]]:
    """Return (kind, name) of what the documents refer to."""
    found: set[tuple[str, str]] = set()
    for _, pod in pods(documents):
        found.add(("ServiceAccount", pod["serviceAccountName"]))
        if "priorityClassName" in pod:
            found.add(("PriorityClass", pod["priorityClassName"]))
        for volume in pod["volumes"]:
            if "secret" in volume:
                found.add(("Secret", volume["secret"]["secretName"]))
            sources = volume.get("projected", {}).get("sources", ())
            found |= {("Secret", source["secret"]["name"]) for source in sources}
        for source in pod["containers"][0].get("envFrom", ()):
            found.add(("ConfigMap", source["configMapRef"]["name"]))
    for store in of_kind(documents, "ObjectStore"):
        keys = store["spec"]["configuration"].get("s3Credentials", {})
        found |= {("Secret", key["name"]) for key in keys.values() if isinstance(key, dict)}
    for cluster in of_kind(documents, "Cluster"):
        plugins = cluster["spec"].get("plugins", ())
        found |= {("ObjectStore", plugin["parameters"]["barmanObjectName"]) for plugin in plugins}
    found |= {
        ("Cluster", each["spec"]["cluster"]["name"])
        for each in of_kind(documents, "Pooler", "ScheduledBackup")
    }
    return found


@pytest.mark.parametrize(("system", "overlay"), CASES)
def test_what_is_named_is_made(outputs: dict[str, Path], system: str, overlay: str) -> None:
    documents = rendered(outputs[system], overlay)
    assert named(documents) - made(documents, outputs[system]) == set()


@pytest.mark.parametrize(("system", "overlay"), CASES)
def test_every_container_has_room_of_its_own(outputs: dict[str, Path], system: str, overlay: str) -> None:
    documents = rendered(outputs[system], overlay)
    found = [pod["containers"][0]["resources"] for _, pod in pods(documents)]
    found += [each["spec"]["resources"] for each in of_kind(documents, "Cluster")]
    found += [
        each["spec"]["template"]["spec"]["containers"][0]["resources"]
        for each in of_kind(documents, "Pooler")
    ]
    for resources in found:
        assert {"cpu", "memory"} <= set(resources["requests"]) & set(resources["limits"])
    database = one(documents, "Cluster")["spec"]
    memory = database["resources"]["limits"]["memory"]
    assert memory in ("4Gi", "1Gi", "512Mi")
    assert int(database["postgresql"]["parameters"]["shared_buffers"].removesuffix("MB")) >= 128


@pytest.mark.parametrize(("system", "overlay"), CASES)
def test_the_service_accepts_what_it_is_given(
    outputs: dict[str, Path], system: str, overlay: str, tmp_path: Path
) -> None:
    documents = rendered(outputs[system], overlay)
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(value, encoding="utf-8")
    pod = one(documents, "Deployment")["spec"]["template"]["spec"]
    environment = environment_of(documents, pod, tmp_path)
    mounted = {item["path"] for item in pod["volumes"][1]["projected"]["sources"][0]["secret"]["items"]}
    assert {Path(value).name for name, value in environment.items() if name.endswith("_FILE")} == mounted
    assert environment["DATABASE_POOLER"] == "true"
    said = accepted(outputs[system], environment)
    assert "-pooler:5432/" in said and "sslmode=verify-full" in said and "a-password" in said


@pytest.mark.parametrize("system", SYSTEMS)
def test_compose_gives_the_service_what_it_needs(outputs: dict[str, Path], system: str) -> None:
    text = (outputs[system] / "infrastructure/docker/compose.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    given = {name: str(value) for name, value in services["api"]["environment"].items()}
    plain = {
        name: value[2:-1].partition(":-")[2] if value.startswith("${") else value
        for name, value in given.items()
    }
    assert "@database:5432/" in accepted(outputs[system], plain)
    assert services["migrate"]["environment"]["ENVIRONMENT"] == "development"
    ignored = (outputs[system] / ".dockerignore").read_text(encoding="utf-8").split()
    assert "config/development" not in ignored, (
        "the image has the settings of every environment it is started in"
    )


def accepted(out: Path, environment: dict[str, str]) -> str:
    """Return the URL of the database once the service's own settings have accepted the environment."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=out, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_facts_of_the_user_are_in_the_manifests(outputs: dict[str, Path]) -> None:
    documents = rendered(outputs["operated"], "production")
    text = yaml.safe_dump_all(documents)
    assert "example.com" not in text and "registry.example" not in text and '""' not in text
    assert {each["metadata"].get("namespace", "ledger-production") for each in documents} == {
        "ledger-production"
    }
    image = one(documents, "Deployment")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.startswith("registry.acme.example/finance/ledger@sha256:")
    assert one(documents, "HTTPRoute")["spec"]["hostnames"] == ["ledger.acme.example"]
    assert (
        one(documents, "ObjectStore")["spec"]["configuration"]["destinationPath"]
        == "s3://acme-backups/ledger"
    )
    cluster = one(documents, "Cluster")["spec"]
    assert cluster["postgresql"]["synchronous"]["dataDurability"] == "required"
    assert cluster["postgresql"]["parameters"]["archive_timeout"] == "60s"
    assert one(documents, "ScheduledBackup")["spec"]["schedule"] == "0 30 1 * * *"
    assert one(documents, "Job")["spec"]["activeDeadlineSeconds"] > 40_000_000 / 10_000
    staging = rendered(outputs["operated"], "staging")
    assert one(staging, "Ingress")["spec"]["rules"][0]["host"] == "staging.acme.example"
    assert one(staging, "Ingress")["spec"]["ingressClassName"] == "nginx"
    assert "synchronous" not in one(staging, "Cluster")["spec"]["postgresql"]


def test_another_configuration_is_another_config_map(outputs: dict[str, Path]) -> None:
    names = {
        one(rendered(outputs["operated"], overlay), "ConfigMap")["metadata"]["name"] for overlay in OVERLAYS
    }
    assert len(names) == 3


@pytest.mark.parametrize(("overlay", "strategy"), [("production", "canary"), ("staging", "blueGreen")])
def test_a_progressive_rollout_names_what_is_there(
    outputs: dict[str, Path], overlay: str, strategy: str
) -> None:
    """The Rollout takes the pods of the Deployment, the autoscaler scales it, and its services and analysis are made."""
    documents = rendered(outputs["operated"], overlay)
    there = {(each["kind"], each["metadata"]["name"]) for each in documents}
    rollout = one(documents, "Rollout")["spec"]
    assert ("Deployment", rollout["workloadRef"]["name"]) in there
    assert one(documents, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["kind"] == "Rollout"
    ((found, settings),) = rollout["strategy"].items()
    assert found == strategy
    if strategy == "blueGreen":
        assert {("Service", settings[name]) for name in ("activeService", "previewService")} <= there
    text = json.dumps(settings)
    templates = set(re.findall(r'"templateName": "([^"]+)"', text))
    assert templates and {("AnalysisTemplate", name) for name in templates} <= there
    (metric,) = one(documents, "AnalysisTemplate")["spec"]["metrics"]
    assert metric["successCondition"] == "result[0] <= 0.01"
    assert [
        each["kind"] for each in rendered(outputs["shop"], "production") if each["kind"] == "Rollout"
    ] == []
