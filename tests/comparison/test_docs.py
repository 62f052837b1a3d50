"""The chapter about `bdc diff` lists every code, and its approvals are such as are accepted."""

import re
from pathlib import Path

from bdc.changes.kinds import KINDS
from bdc.comparison import read_approvals
from bdc.diagnostics import DiagnosticSink
from tests.support.specs import ROOT

CHAPTER = ROOT / "specs" / "diff.md"


def table() -> str:
    """Return the codes as the chapter shows them."""
    rows = [
        f"| `{code}` | {kind.severity}{' (security)' if kind.security else ''} | {kind.bump} | {kind.title} |"
        for code, kind in KINDS.items()
    ]
    return "\n".join(["| code | severity | version | what |", "|---|---|---|---|", *rows])


def test_every_code_is_in_the_chapter() -> None:
    assert table() in CHAPTER.read_text(encoding="utf-8")


def test_the_approvals_of_the_chapter_are_accepted(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", CHAPTER.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    (tmp_path / "approvals.toml").write_text(found[1])
    sink = DiagnosticSink()
    assert len(read_approvals(tmp_path, sink)) == 1
    assert sink.in_source_order() == ()
