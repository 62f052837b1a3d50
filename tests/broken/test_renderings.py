"""Every code has a recorded rendering; `ALL.txt` shows each way that a code is worded, to be read in one sitting."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bdc.diagnostics import Diagnostic
from bdc.diagnostics.catalogue.listed import DECLARED
from bdc.diagnostics.pages import page, pages
from bdc.diagnostics.render import render_human
from bdc.evolution.locations import placed
from bdc.evolution.next_migration import advance
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from tests.broken.outside import FILE, outside
from tests.support.expect import expect
from tests.support.specs import ROOT, compile_text

HERE = Path(__file__).parent
PLANS = [code for code in pages() if code.startswith("E5") and "```bds" in page(code)]
_EXAMPLE = re.compile(r"^```bds\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FRAME = re.compile(r"^(?:error|warning)\[(E\d{3})\].*?^  more: bdc explain \1$", re.MULTILINE | re.DOTALL)


def _planned(before: str, after: str) -> Iterator[Diagnostic]:
    """Yield what a plan refuses, and what it asks of the rows, as if three rows stood in the way."""
    old, new = compile_text(before), compile_text(after)
    assert old.system is not None
    assert new.system is not None
    start = physical_state(old.system, compile_queries(old.system, True))
    plan = advance(start, new.system, compile_queries(new.system, True), old.system).planned
    yield from placed(plan.refusals, new.system, new.files)
    for check in (check for operation in plan.operations for check in operation.checks):
        yield Diagnostic(check.code, check.message.replace("{rows}", "3"), None, help=check.help)


@pytest.mark.parametrize("code", PLANS)
def test_a_plan_that_is_refused_is_shown_as_recorded(code: str) -> None:
    before, wrong, _ = _EXAMPLE.findall(page(code))
    head = "bds 1\nmodule test\n\n"
    files = {"test.bds": SourceFile("test.bds", head + wrong)}
    expect(HERE / "plan" / f"{code}.txt", render_human(list(_planned(before, wrong)), files))


def test_what_is_found_outside_of_the_language_is_shown_as_recorded() -> None:
    expect(HERE / "outside.txt", render_human(outside(), {FILE.path: FILE}))


def _recordings() -> dict[str, list[str]]:
    """Return the recorded frames by code, one for each way it is worded."""
    found: dict[str, dict[str, str]] = {declared.code: {} for declared in DECLARED}
    paths = [path for path in HERE.rglob("*.txt") if path.name != "ALL.txt"]
    for path in sorted([*paths, *(ROOT / "tests/syntax/broken").glob("*.frames")]):
        for frame in _FRAME.finditer(path.read_text(encoding="utf-8")):
            lines = frame[0].split("\n")[:-1]
            found[frame[1]].setdefault(_wording(lines), "\n".join(lines))
    return {code: list(frames.values()) for code, frames in found.items()}


def _wording(lines: list[str]) -> str:
    """Return the words of a frame without the names and texts of its specification."""
    said = [lines[0], *(line for line in lines if line.startswith("  help: "))]
    return re.sub(r"`[^`]*`|\d+|“[^”]*”", "…", "\n".join(said))


def test_all_renderings_stand_in_one_file() -> None:
    titles = pages()
    parts = [
        "\n\n".join([f"{code}  {titles[code]}\n{'=' * 78}", *frames])
        for code, frames in _recordings().items()
    ]
    expect(HERE / "ALL.txt", "\n\n\n".join(parts))


def test_every_code_is_recorded() -> None:
    assert [code for code, frames in _recordings().items() if not frames] == []
