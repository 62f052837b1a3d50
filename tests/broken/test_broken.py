"""Every broken specification gives exactly the diagnostics that are marked in it, where they are marked."""

from pathlib import Path

import pytest

from tests.support.specs import compile_files, mark, marked, place, updating

HERE = Path(__file__).parent


def _cases() -> dict[str, list[Path]]:
    """A file is a case; a folder below the subject is a case of several files."""
    found: dict[str, list[Path]] = {}
    for path in sorted(HERE.rglob("*.bds")):
        parts = path.relative_to(HERE).parts
        found.setdefault("/".join(parts[:2]), []).append(path)
    return found


CASES = _cases()


@pytest.mark.parametrize("case", CASES)
def test_gives_exactly_what_is_marked(case: str) -> None:
    paths = CASES[case]
    compiled = compile_files(paths, HERE)
    found = sorted(
        f"{file}:{line}:{column} {diagnostic.code}"
        for diagnostic in compiled.diagnostics
        for file, line, column in [place(diagnostic, compiled.model)]
    )
    if updating():
        mark(paths, HERE, found)
    assert found == marked(paths, HERE)
    assert found, "a specification that nothing is wrong with does not belong here"


def test_there_are_forty() -> None:
    assert len(CASES) >= 40


def test_every_message_is_a_sentence_without_an_object_in_it() -> None:
    for paths in CASES.values():
        for diagnostic in compile_files(paths, HERE).diagnostics:
            assert diagnostic.message and diagnostic.message[-1] not in ".!", diagnostic
            assert "None" not in diagnostic.message + diagnostic.help, diagnostic
