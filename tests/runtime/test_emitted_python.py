"""What is emitted for other specifications than the shop is Python of the same kind: strictly typed, linted, formatted."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.runtime.ward_world import SPEC as WARD
from tests.support.emitted import build
from tests.support.shop import ROOT

pytestmark = pytest.mark.tool
STARTER = ROOT / "specs" / "bdc_specs" / "starter"


@pytest.fixture(
    scope="module", params=[WARD, pytest.param(STARTER, marks=pytest.mark.long)], ids=["ward", "starter"]
)
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(request.param, tmp_path_factory.mktemp("emitted") / "out")


def run(out: Path, *command: str) -> str:
    """Return what a tool, configured by the output itself, has to complain about."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=out, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.long
def test_strictly_typed(out: Path) -> None:
    assert run(out, "mypy") == ""


def test_linted_and_formatted(out: Path) -> None:
    assert run(out, "ruff", "check", ".") == ""
    assert run(out, "ruff", "format", "--check", ".") == ""
