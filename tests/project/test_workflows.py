"""The workflows of this repository are what their linter accepts, and test the Pythons that the package promises."""

import subprocess
import sys
from pathlib import Path

import yaml

from tests.support.shop import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_the_linter_finds_nothing() -> None:
    program = Path(sys.executable).with_name("jactionlint")
    done = subprocess.run([program, "--shellcheck=", *WORKFLOWS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_promised_python_is_tested() -> None:
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert ci["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
