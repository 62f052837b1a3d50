"""Outside tools find nothing in systems that are unlike the shop: with jobs, without a deploy, with small and adopted types."""

from pathlib import Path

import pytest

from bdc.cli import exits
from bdc.inspection import TOOLS, State, inspect
from tests.migrations.test_next import Bdc, bdc
from tests.support.emitted import build
from tests.support.sampling import sampled
from tests.support.shop import ROOT

__all__ = ["bdc"]

ASKED = [tool for tool in TOOLS if tool.name in ("ruff", "squawk", "hadolint", "actionlint", "kubectl")]
SYSTEMS = sorted(path for path in (ROOT / "tests/systems").iterdir() if any(path.glob("*.bds")))


@pytest.mark.tool
@pytest.mark.parametrize("spec", sampled(SYSTEMS, every=12, start=7), ids=lambda path: path.name)
def test_tools_find_nothing(spec: Path, tmp_path: Path) -> None:
    outcomes = inspect(build(spec, tmp_path / "out"), ASKED)
    found = [each for each in outcomes if each.state not in (State.PASSED, State.MISSING)]
    assert not found, "\n".join(f"{each.tool.name}: {each.text}" for each in found)
    missing = [each.tool.name for each in outcomes if each.state is State.MISSING]
    if missing:
        pytest.skip(f"not run: {', '.join(missing)} not installed; the others found nothing")


@pytest.mark.tool
def test_a_planned_migration_is_judged_by_its_phases(bdc: Bdc, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in Path("small").glob("*.bds"):
        text = path.read_text(encoding="utf-8").replace("title", "heading")
        path.write_text(
            text.replace("heading: string(1..200)", "heading: string(1..200) @was(title)"), encoding="utf-8"
        )
    planned = bdc("diff", "out", "small", "--write", "--no-prove", "--name", "heading")
    assert planned.exit_code == exits.OK, planned.output
    squawk = [tool for tool in TOOLS if tool.name == "squawk"]
    (outcome,) = inspect(Path("out"), squawk)
    if outcome.state is State.MISSING:
        pytest.skip("not run: squawk is not installed")
    assert outcome.state is State.PASSED, outcome.text
    monkeypatch.setattr("bdc.verification.squawk._is_prepared", lambda line, operations: False)
    (outcome,) = inspect(Path("out"), squawk)
    assert outcome.state is State.FINDINGS and "_heading/" in outcome.text
