"""The deployment script, against a `kubectl` that refuses what a cluster would refuse."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.rendered import VALUES, build, kubectl

FAKE = Path(__file__).with_name("fake_kubectl.py")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kubectl()
    return build("operated", tmp_path_factory.mktemp("operated"))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kubectl()
    return build("shop", tmp_path_factory.mktemp("shop"))


def deploy(
    out: Path, cluster: Path, *words: str, environment: str = "production", **variables: str
) -> "subprocess.CompletedProcess[str]":
    program = cluster / "bin" / "kubectl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = os.environ["PATH"]
    given = {
        "PATH": f"{program.parent}:{path}",
        "REAL_PATH": path,
        "CLUSTER": str(cluster),
        "POLL_SECONDS": "0",
    }
    script = out / "infrastructure/ci-cd/deploy.sh"
    return subprocess.run(
        ["bash", str(script), environment, "registry.test/app", "sha256:1", *words],
        env=given | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip


def calls(cluster: Path) -> str:
    return (cluster / "calls").read_text(encoding="utf-8")


@pytest.mark.parametrize("environment", ["production", "staging", "development"])
def test_first_deployment_has_what_each_step_stands_on(out: Path, tmp_path: Path, environment: str) -> None:
    done = deploy(out, tmp_path, environment=environment, **VALUES)
    assert done.returncode == 0, done.stderr
    kinds = [kind for kind, _ in json.loads((tmp_path / "applied.json").read_text(encoding="utf-8"))]
    assert kinds[0] == "Namespace"
    assert kinds.index("Cluster") < kinds.index("Job") < kinds.index("Deployment")
    assert calls(tmp_path).index("condition=Ready") < calls(tmp_path).index("rollout status")


def test_secrets_are_made_once_where_no_store_has_them(shop: Path, tmp_path: Path) -> None:
    for _ in range(2):
        done = deploy(shop, tmp_path, environment="development")
        assert done.returncode == 0, done.stderr
    assert calls(tmp_path).count("create secret generic shop-runtime") == 1


def test_values_of_the_environment_are_required(out: Path, tmp_path: Path) -> None:
    done = deploy(out, tmp_path)
    assert done.returncode == 2
    assert {line.split()[2] for line in done.stderr.splitlines()} == set(VALUES)


def test_a_failed_migration_is_told_from_one_that_goes_on(out: Path, tmp_path: Path) -> None:
    (tmp_path / "job").write_text("FailureTarget\nFailed\n", encoding="utf-8")
    done = deploy(out, tmp_path, **VALUES)
    assert done.returncode == 5
    assert "the migration failed" in done.stderr
    assert "logs job/" in calls(tmp_path) and "rollout" not in calls(tmp_path)


def test_a_rollout_that_does_not_come_up_is_undone(out: Path, tmp_path: Path) -> None:
    (tmp_path / "broken-rollout").touch()
    done = deploy(out, tmp_path, **VALUES)
    assert done.returncode == 1
    assert "rollout undo deployment/ledger" in calls(tmp_path)
    assert "-n ledger-production" in calls(tmp_path)


def test_contract_rolls_nothing_out(shop: Path, tmp_path: Path) -> None:
    assert deploy(shop, tmp_path, environment="development").returncode == 0
    (tmp_path / "calls").unlink()
    done = deploy(shop, tmp_path, "contract", environment="development")
    assert done.returncode == 0, done.stderr
    assert "rollout" not in calls(tmp_path) and calls(tmp_path).count("apply") == 1


def test_a_canary_that_answers_with_errors_is_undone(out: Path, tmp_path: Path) -> None:
    """The Rollout is applied with the deployment, after the migration, and waited for; one that is degraded leads back."""
    done = deploy(out, tmp_path, **VALUES)
    assert done.returncode == 0, done.stderr
    order = json.loads((tmp_path / "applied.json").read_text(encoding="utf-8"))
    assert order.index(["Job", "ledger-migrate"]) < order.index(["Rollout", "ledger"])
    (tmp_path / "rollout").write_text("Degraded", encoding="utf-8")
    done = deploy(out, tmp_path, **VALUES)
    assert done.returncode == 1 and "rollout undo deployment/ledger" in calls(tmp_path)
