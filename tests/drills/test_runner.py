"""The runner of the drills: a drill that is not run is no pass."""

from pathlib import Path

import pytest

from tests.drills import __main__ as runner
from tests.drills.stage import NotRun, component


async def good(folder: Path, say: runner.Say) -> None:
    say(f"{folder.is_dir()}")


async def bad(folder: Path, say: runner.Say) -> None:
    raise AssertionError("a request failed")


async def lacking(folder: Path, say: runner.Say) -> None:
    raise NotRun("no pooler")


@pytest.mark.parametrize(
    ("drill", "code", "said"), [(good, 0, "passed"), (bad, 1, "failed"), (lacking, 1, "not run: no pooler")]
)
def test_how_a_drill_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], drill: object, code: int, said: str
) -> None:
    monkeypatch.setattr(runner, "DRILLS", {"it": drill})
    assert runner.main([]) == code
    assert capsys.readouterr().out.rstrip().endswith(said)
    assert runner.main(["another"]) == 2


def test_a_component_that_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(package: str) -> None:
        raise NotRun(f"{package} cannot be downloaded")

    monkeypatch.setattr("tests.drills.stage._unpack", refused)
    with pytest.raises(NotRun, match="no-such-program"):
        component("no-such-program")
