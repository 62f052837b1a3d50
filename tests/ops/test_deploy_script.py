"""The deployment script, with a `kubectl` that writes down what it is asked."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.shop import build_shop

# Shows every manifest of the base for `kustomize`; keeps what is applied; says yes to everything else.
KUBECTL = """#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
  kustomize*) for file in "$2"/../../base/*.yaml; do cat "$file"; echo "---"; done;;
  *job.yaml*) for file; do last=$file; done; cat "$last" >> "$LOG";;
esac
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shop(tmp_path_factory.mktemp("shop"))


def deploy(out: Path, tmp_path: Path, *more: str) -> str:
    kubectl, log = tmp_path / "kubectl", tmp_path / "log"
    kubectl.write_text(KUBECTL, encoding="utf-8")
    kubectl.chmod(0o755)
    command = ["bash", str(out / "infrastructure/ci-cd/deploy.sh"), "production", "image", "sha256:0", *more]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "LOG": str(log)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return log.read_text(encoding="utf-8")


def test_expand_comes_before_the_rollout_and_contract_is_a_step_of_its_own(out: Path, tmp_path: Path) -> None:
    told = deploy(out, tmp_path)
    assert told.index("wait --for=condition=complete") < told.index("rollout status")
    assert "- up\n" in told and "--contract" not in told


def test_contract_rolls_nothing_out(out: Path, tmp_path: Path) -> None:
    told = deploy(out, tmp_path, "contract")
    assert "            - up\n            - --contract\n" in told
    assert "rollout" not in told and "rest.yaml" not in told
