"""The tests that come with the shop, run as its owner would: `python -m pytest` in the output, nothing else prepared."""

from pathlib import Path

import pytest

from tests.support.emitted import run_tests
from tests.support.shop import build_shop

pytestmark = pytest.mark.postgres


def test_all_of_them_pass_and_none_is_skipped(tmp_path: Path) -> None:
    outcome = run_tests(build_shop(tmp_path / "shop"))
    outcome.require_all_passed()
    folders = {name.split(".")[1] for name in outcome.results}
    assert folders == {"unit", "integration", "security", "e2e"}
