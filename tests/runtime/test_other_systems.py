"""Whole systems that differ from the shop in nearly everything: built, checked, and tried by the tests that come with them.

`plain` has no callers, only a public; `meter` knows API keys alone, no tenants, every type, keys of several parts; `course` is
three levels deep, with rules over collections; `keywords` is named after what PostgreSQL and Python keep for themselves;
`theatre` refers to keys of several parts.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from tests.support.emitted import build, run_tests

pytestmark = pytest.mark.postgres

SYSTEMS = Path(__file__).parents[1] / "systems"
NAMES = ("plain", "meter", "course", "keywords", "legacy", "theatre")
CHECKS = {
    "types": ("mypy", "--strict", "."),
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
}


@pytest.fixture(scope="module", params=NAMES)
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(SYSTEMS / request.param, tmp_path_factory.mktemp("systems") / request.param)


def test_what_comes_out_is_typed_and_clean(out: Path) -> None:
    for name, command in CHECKS.items():
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=out, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"


def test_the_openapi_document_is_valid(out: Path) -> None:
    validate(json.loads((out / "api/documentation/openapi.json").read_text(encoding="utf-8")))


def test_its_own_tests_pass_with_the_whole_matrix(out: Path) -> None:
    found = run_tests(out)
    assert found.counts["failed"] == 0, found.text[-8000:]
    # Skipped is only what has no cases at all, as the field rules of a system that has none.
    assert found.counts["skipped"] <= 3, found.text[-8000:]
    for surface in ("test_sql", "test_rest", "test_graphql"):
        assert any(f"::{surface}[" in name for name in found.results), surface
