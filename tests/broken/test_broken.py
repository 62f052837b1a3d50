"""Every broken specification gives exactly the diagnostics that are marked in it, where they are marked, in recorded words."""

from functools import cache
from pathlib import Path

import pytest

from bdc.diagnostics.render import render_human
from bdc.pipeline import Compilation
from tests.support.expect import expect
from tests.support.specs import compile_files, mark, marked, place, updating

HERE = Path(__file__).parent


def _cases() -> dict[str, list[Path]]:
    """A file is a case; a folder below the subject is a case of several files."""
    found: dict[str, list[Path]] = {}
    for path in sorted(HERE.rglob("*.bds")):
        parts = path.relative_to(HERE).parts
        found.setdefault("/".join(parts[:2]).removesuffix(".bds"), []).append(path)
    return found


CASES = _cases()


@cache
def _compiled(case: str) -> Compilation:
    engine = "citus" if case.startswith("citus/") else "postgres"
    return compile_files(CASES[case], HERE, production=case.startswith("production/"), engine=engine)


@pytest.mark.parametrize("case", CASES)
def test_gives_exactly_what_is_marked(case: str) -> None:
    compiled = _compiled(case)
    found = sorted(
        f"{file}:{line}:{column} {diagnostic.code}"
        for diagnostic in compiled.diagnostics
        for file, line, column in [place(diagnostic, compiled.model)]
    )
    if updating():
        mark(CASES[case], HERE, found)
    assert found == marked(CASES[case], HERE)
    assert found, "a specification that nothing is wrong with does not belong here"


@pytest.mark.parametrize("case", CASES)
def test_is_shown_as_recorded(case: str) -> None:
    compiled = _compiled(case)
    files = {file.path: file for file in compiled.files}
    expect(HERE / f"{case}.txt", render_human(compiled.diagnostics, files))


def test_there_are_forty() -> None:
    assert len(CASES) >= 40


def test_every_message_is_a_sentence_without_an_object_in_it() -> None:
    for case in CASES:
        for diagnostic in _compiled(case).diagnostics:
            assert diagnostic.message and diagnostic.message[-1] not in ".!", diagnostic
            assert "None" not in diagnostic.message + diagnostic.help, diagnostic
