"""What a large specification is told at once after an edit, and the process that checks it: both say what a check from nothing says."""

import pytest

from bdc.diagnostics import Diagnostic
from bdc.lsp.ahead import ahead
from bdc.lsp.worker import Worker, is_large
from bdc.lsp.workspace import Workspace
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from tests.lsp.test_robust import workspace
from tests.support.generated_spec import generated_spec

SIZE = 24
THING = "entity Thing12 with Owned, Timestamps {\n"
POLICY = "policy Thing12 {\n"
RESOURCE = '  resource Thing12 at "/things12" {\n'
# Each edit works on what the one before has left.
EDITS = (
    ("big.bds", THING, THING + "  extra: strin?\n"),  # an unknown type
    ("big.bds", "  extra: strin?\n", "  extra: string?\n"),
    (
        "big.bds",
        "  extra: string?\n",
        "  extra: string?\n  check positive (amounts > 3)\n",
    ),  # an unknown field
    ("big.bds", "(amounts > 3)", "(amount > 3)"),
    ("big.bds", THING + "  extra: string?\n  check positive (amount > 3)\n", THING),
    ("policy.bds", POLICY, POLICY + "  allow rea to member\n"),  # an unknown action
    ("policy.bds", "  allow rea to member\n", "  allow read to member when before.before.name == 3\n"),
    ("policy.bds", "  allow read to member when before.before.name == 3\n", ""),
    ("api.bds", RESOURCE, RESOURCE + "    filter codes\n"),
    ("api.bds", "    filter codes\n", "    filter before.kind\n"),
    ("api.bds", "    filter before.kind\n", ""),
    (
        "big.bds",
        THING + "  id: uuid = uuid7() @id\n  name: string(1..80)\n",
        THING + "  id: uuid = uuid7() @id\n",
    ),  # `sort name`
)


def by_file(spec: Workspace) -> dict[str, tuple[Diagnostic, ...]]:
    found = spec.check()
    return {
        path: tuple(each for each in found.diagnostics if each.primary and each.primary.span.file == path)
        for path in found.files
    }


def test_an_edit_is_told_as_a_check_tells_it() -> None:
    """No edit of this list is left to the check that follows, and the part that is read stays small."""
    spec = workspace(generated_spec(SIZE))
    known = by_file(spec)
    for path, old, new in EDITS:
        before = SourceFile(path, spec.open[path])
        assert before.text.count(old) == 1, old
        spec.set_text(path, before.text.replace(old, new))
        told = ahead(spec.files(), before, known)
        known = by_file(spec)
        assert told == known, new
    assert known["api.bds"], "the last edit was meant to break a use"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("big.bds", "  active: bool = true\n", "  active bool = true\n"),  # its syntax is told by the preview
        ("big.bds", "mixin Owned {\n", "mixin Owned {\n  extra: int?\n"),  # concerns everything
        ("api.bds", "  auth bearer\n", ""),
        ("policy.bds", "identity Person {\n", "identity Company {\n"),
    ],
)
def test_what_a_part_cannot_tell_is_left_to_the_check(path: str, old: str, new: str) -> None:
    spec = workspace(generated_spec(100))
    before = SourceFile(path, spec.open[path])
    spec.set_text(path, before.text.replace(old, new, 1))
    assert ahead(spec.files(), before, {}) is None


def test_the_process_that_checks() -> None:
    """It finds what a check finds, follows edits, and is started again when it has ended."""
    spec = workspace(generated_spec(3))
    worker = Worker()
    try:
        for text in (spec.open["big.bds"], spec.open["big.bds"].replace("note: text?", "note: tex?")):
            spec.set_text("big.bds", text)
            found, cold = worker.check(spec.files()), compile_system(spec.files())
            assert found is not None and found.diagnostics == cold.diagnostics
            assert found.unpacked().system == cold.system and (found.packed is None) == (cold.system is None)
            assert worker._process is not None
        worker._process.kill()
        worker._process.wait()  # so that the request finds nobody who reads it
        assert worker.check(spec.files()) is None
        again = worker.check(spec.files())
        assert again is not None and again.diagnostics == compile_system(spec.files()).diagnostics
    finally:
        worker.stop()


def test_a_small_specification_is_checked_in_the_server() -> None:
    small, large = (workspace(generated_spec(size)).files() for size in (3, 60))
    assert is_large(large) and not is_large(small)
