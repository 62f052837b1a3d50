"""What surrounds the service, judged by tools that nobody here wrote. Each tool also sees something bad, to prove that it can
refuse: several of them are silent when they are called the wrong way."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.support.shop import build_shop
from tests.support.tools import not_run, tool

pytestmark = pytest.mark.tool
OVERLAYS = ("development", "staging", "production")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def manifests(out: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    kubectl = shutil.which("kubectl") or shutil.which("kustomize")
    if kubectl is None:
        pytest.skip("not run: neither kubectl nor kustomize is installed")
    folder = tmp_path_factory.mktemp("manifests")
    found = {}
    for overlay in OVERLAYS:
        verb = ["kustomize"] if kubectl.endswith("kubectl") else ["build"]
        done = run([kubectl, *verb, str(out / "infrastructure/kubernetes/overlays" / overlay)])
        found[overlay] = folder / f"{overlay}.yaml"
        found[overlay].write_text(done.stdout, encoding="utf-8")
    return found


def run(command: Sequence[str], cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done


def refuses(command: Sequence[str], cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode != 0, f"{' '.join(command)} accepts what is wrong"


def beside_python(name: str) -> str:
    """A program that the development lock installs."""
    return str(Path(sys.executable).parent / name)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kubernetes_accepts_the_manifests(manifests: dict[str, Path], overlay: str) -> None:
    run([beside_python("kubernetes-validate"), "--strict", "-k", "1.33", str(manifests[overlay])])


def test_kubernetes_validate_can_refuse(manifests: dict[str, Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        manifests["production"].read_text().replace("minReplicas:", "minReplicaz:"), encoding="utf-8"
    )
    refuses([beside_python("kubernetes-validate"), "--strict", "-k", "1.33", str(bad)])


def test_checkov_finds_nothing_in_the_manifests(manifests: dict[str, Path]) -> None:
    checkov("kubernetes", "-f", *(str(manifests[overlay]) for overlay in OVERLAYS))


@pytest.mark.long
def test_checkov_finds_nothing_in_image_and_pipelines(out: Path) -> None:
    checkov("dockerfile", "-f", str(out / "infrastructure/docker/Dockerfile"))
    checkov("github_actions", "-d", str(out))
    checkov("gitlab_ci", "-f", str(out / "infrastructure/ci-cd/gitlab-ci.yml"))


def test_checkov_finds_nothing_in_the_description(out: Path) -> None:
    # CKV_OPENAPI_21 wants maxItems on every array. What a SQL operation answers with is bounded by its own SQL and by
    # nothing else: a number there would be a claim that nobody enforces.
    checkov("openapi", "-f", str(out / "api/documentation/openapi.json"), "--skip-check", "CKV_OPENAPI_21")


@pytest.mark.long
def test_checkov_can_refuse(manifests: dict[str, Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    text = (
        manifests["production"]
        .read_text()
        .replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false")
    )
    bad.write_text(text, encoding="utf-8")
    refuses(checkov_command("kubernetes", "-f", str(bad)))


def checkov(framework: str, *what: str) -> None:
    run(checkov_command(framework, *what))


def checkov_command(framework: str, *what: str) -> list[str]:
    program = tool("checkov")
    if program is None:
        pytest.skip(not_run("checkov"))
    return [str(program), *what, "--framework", framework, "--skip-download", "--compact", "--quiet"]


def test_hadolint(out: Path, tmp_path: Path) -> None:
    run([beside_python("hadolint"), str(out / "infrastructure/docker/Dockerfile")])
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python\nRUN cd /tmp && pip install x\n", encoding="utf-8")
    refuses([beside_python("hadolint"), str(bad)])


def test_actionlint(out: Path, tmp_path: Path) -> None:
    run([beside_python("jactionlint"), "--shellcheck=", ".github/workflows/ci.yml"], cwd=out)
    bad = tmp_path / "ci.yml"
    bad.write_text("on: push\njobs: {a: {runs-on: nowhere, steps: [{run: 1, uses: x}]}}\n", encoding="utf-8")
    refuses([beside_python("jactionlint"), "--shellcheck=", str(bad)])


SCHEMAS = {
    "vendor.gitlab-ci": "infrastructure/ci-cd/gitlab-ci.yml",
    "vendor.github-workflows": ".github/workflows/ci.yml",
    "vendor.compose-spec": "infrastructure/docker/compose.yaml",
}


@pytest.mark.parametrize(("schema", "path"), SCHEMAS.items())
def test_pipelines_and_compose_fit_their_schemas(out: Path, tmp_path: Path, schema: str, path: str) -> None:
    program = tool("check-jsonschema")
    if program is None:
        pytest.skip(not_run("check-jsonschema"))
    run([str(program), "--builtin-schema", schema, str(out / path)])
    bad = tmp_path / "bad.yml"
    bad.write_text("image: {stage: image}\nservices: 3\njobs: 4\n", encoding="utf-8")
    refuses([str(program), "--builtin-schema", schema, str(bad)])


def test_github_and_gitlab_run_the_same_commands(out: Path) -> None:
    github = yaml.safe_load((out / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
    gitlab = yaml.safe_load((out / "infrastructure/ci-cd/gitlab-ci.yml").read_text(encoding="utf-8"))
    for name in ("check", "migration", "operations", "supply-chain"):
        commands = [line for step in github[name]["steps"] for line in step.get("run", "").splitlines()]
        assert commands == gitlab[name]["script"], name
    for name in ("deploy-staging", "deploy-production"):
        (step,) = [step for step in github[name]["steps"] if "run" in step]
        for command in gitlab[name]["script"]:
            assert command.replace("$CI_REGISTRY_IMAGE", "ghcr.io/${REPOSITORY,,}") in step["run"]


def test_alerts_fire_and_stay_silent(out: Path, tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("not run: promtool is not installed")
    folder = out / "infrastructure/monitoring"
    run([promtool, "check", "rules", "--lint=all", "--lint-fatal", "rules.yml", "platform.yml"], cwd=folder)
    run([promtool, "test", "rules", "rules_test.yml"], cwd=folder)
    for healthy, broken in (
        ("or vector(0)) == 0", "or vector(0)) == 7"),
        ("/healthz|/readyz|/metrics", "/none"),
    ):
        bad = tmp_path / "bad"
        shutil.copytree(folder, bad, dirs_exist_ok=True)
        text = (folder / "rules.yml").read_text(encoding="utf-8")
        assert healthy in text
        (bad / "rules.yml").write_text(text.replace(healthy, broken), encoding="utf-8")
        refuses([promtool, "test", "rules", "rules_test.yml"], cwd=bad)


def test_every_alert_has_a_runbook_and_is_a_resource_too(out: Path) -> None:
    folder = out / "infrastructure/monitoring"
    component = out / "infrastructure/kubernetes/components/alerts/alerts.yaml"
    resource = yaml.safe_load(component.read_text(encoding="utf-8"))["spec"]["groups"]
    files = [
        yaml.safe_load((folder / name).read_text(encoding="utf-8")) for name in ("rules.yml", "platform.yml")
    ]
    assert resource == [group for file in files for group in file["groups"]]
    rules = [rule for group in resource for rule in group["rules"] if "alert" in rule]
    assert {rule["labels"]["severity"] for rule in rules} == {"page", "ticket"}
    for rule in rules:
        assert (out / rule["annotations"]["runbook_url"]).is_file()


def test_scripts_are_shell(out: Path) -> None:
    for script in sorted((out / "infrastructure/ci-cd").glob("*.sh")):
        run(["bash", "-n", str(script)])
