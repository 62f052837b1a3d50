"""`make test-long` loses nothing: it runs in slices, goes on where it stopped, and says what passed at which commit."""

from pathlib import Path

import pytest

from tests.long.__main__ import main, next_slice
from tests.long.ledger import Ledger

MARKERS = '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\nasyncio_default_fixture_loop_scope = "function"\nmarkers = ["long: as ours"]\n'
TESTS = """
import os, time
import pytest

pytestmark = pytest.mark.long

def note(name):
    with open({notes!r}, "a") as file:
        file.write(name + " ")

def test_good():
    note("good")

def test_mended():
    note("mended")
    assert {mended}

def test_not_here():
    pytest.skip("not run: no such tool")

@pytest.mark.skipif({mended}, reason="not run: slow")
def test_endless():
    note("endless")
    time.sleep(600)
"""


@pytest.mark.long
def test_slices_go_on_where_they_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything in one slice that is cut short by the endless test; then that alone, which is too long; then the rest is mended."""
    monkeypatch.setattr("tests.long.__main__.WORKERS", 1)
    monkeypatch.setattr("tests.long.__main__.UNKNOWN", 1.0)
    monkeypatch.setattr("tests.long.__main__.ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text(MARKERS, encoding="utf-8")
    monkeypatch.setattr("tests.long.__main__.commit_of", lambda root: "abc")
    notes, ledger, file = tmp_path / "notes", tmp_path / "kept/ledger.jsonl", tmp_path / "test_some.py"
    file.write_text(TESTS.format(notes=str(notes), mended=False), encoding="utf-8")
    arguments = ["--ledger", str(ledger), "--minutes", "0.2", str(file)]
    assert main(arguments) == 1
    said = capsys.readouterr().out
    assert "1 failed, 1 not run, 1 passed, 1 too long" in said
    assert "not run: no such tool" in said and "test_mended" in said
    file.write_text(TESTS.format(notes=str(notes), mended=True), encoding="utf-8")
    notes.write_text("", encoding="utf-8")
    assert main([*arguments, "--slices", "3"]) == 0
    assert notes.read_text(encoding="utf-8").split() == ["mended"], "what passed is not run again"
    assert main([*arguments, "--report"]) == 0
    monkeypatch.setattr("tests.long.__main__.commit_of", lambda root: "def")
    assert main([*arguments, "--report"]) == 3, "at another commit everything is left"
    with ledger.open("a", encoding="utf-8") as cut:
        cut.write('{"commit": "abc", "test"')
    assert main([*arguments, "--slices", "1"]) == 0
    assert {entry.outcome for entry in Ledger(ledger).at("def").values()} == {"passed", "not run"}


def test_a_slice_is_filled_with_the_longest_and_never_empty() -> None:
    seconds = {"a": 500.0, "b": 100.0, "c": 10.0}
    assert next_slice(["c", "b", "a"], seconds, 600.0) == ["a", "b"]
    assert next_slice(["c", "b", "a"], seconds, 0.0) == ["a"]
    assert next_slice(["new", "c"], seconds, 65.0) == ["new"]
