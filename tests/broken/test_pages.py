"""Every code of the front end has a page whose examples are true: the wrong one gives the code, the right one nothing."""

import re
from pathlib import Path

import pytest

from tests.support.specs import ROOT, compile_text

PAGES = {path.name[:4]: path for path in sorted((ROOT / "specs/bdc_specs/diagnostics").glob("E[1-4]*.md"))}
_BLOCK = re.compile(r"```bds\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("code", PAGES)
def test_the_examples_are_true(code: str) -> None:
    wrong, right = _BLOCK.findall(PAGES[code].read_text(encoding="utf-8"))
    assert {found.code for found in compile_text(wrong, head="").diagnostics} == {code}
    assert [found.message for found in compile_text(right, head="").diagnostics] == []


def test_every_code_is_met_in_a_broken_specification() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("*.bds"))
    assert set(PAGES) - set(re.findall(r"(E\d{3}):\d", text)) == set()
