"""The tests that come with a backend, run as its owner would: `python -m pytest` in the output, nothing else prepared."""

from pathlib import Path

import pytest

from tests.support.emitted import build, run_tests
from tests.support.shop import ROOT, SPEC

pytestmark = pytest.mark.postgres
STARTER = ROOT / "specs" / "bdc_specs" / "starter"


@pytest.mark.parametrize(
    "spec", [SPEC, pytest.param(STARTER, marks=pytest.mark.long)], ids=["shop", "starter"]
)
def test_all_of_them_pass_and_none_is_skipped(spec: Path, tmp_path: Path) -> None:
    outcome = run_tests(build(spec, tmp_path / "out"))
    outcome.require_all_passed()
    assert any("test_reading_without_a_token" in name and "[/" in name for name in outcome.results)
    folders = {name.split(".")[1] for name in outcome.results}
    assert folders == {"unit", "integration", "security", "e2e"}
