"""What OLD and NEW may be, and what is said when one cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest

from bdc.cli import exits
from tests.comparison.conftest import Bdc, edit, git


def codes(bdc: Bdc, *sides: object) -> set[str]:
    """Return the codes of the changes between two sides."""
    done = bdc("diff", *sides, "--format", "json")
    assert done.exit_code == exits.OK, done.output
    data: dict[str, Any] = json.loads(done.stdout)
    return {change["code"] for change in data["changes"]}


def narrow(small: Path) -> None:
    edit(small / "api.bds", "filter status, owner, created_at(range)", "filter status, owner")


def test_a_revision_is_compared_with_the_working_tree(
    bdc: Bdc, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert codes(bdc, "git:HEAD", small) == set()
    narrow(small)
    found = codes(bdc, "git:HEAD", small)
    assert "rest.filter-removed" in found
    assert codes(bdc, "git:main:small", small) == found
    git("commit", "-qam", "second")
    assert codes(bdc, "git:HEAD~1", "git:HEAD:small") == found
    assert codes(bdc, small, "git:HEAD~1:small") >= {"rest.filter-added"}
    monkeypatch.chdir(small)
    assert codes(bdc, "git:HEAD~1", ".") == found


def test_a_file_stands_for_itself(bdc: Bdc, small: Path) -> None:
    one = Path("one.bds")
    one.write_text("bds 1\nmodule one\n\nentity Thing {\n  id: uuid = uuid7() @id\n}\n")
    git("add", "-A")
    git("commit", "-qm", "one")
    assert codes(bdc, "git:HEAD", one) == set()
    assert codes(bdc, one, one) == set()


def test_the_last_migration_is_the_base(bdc: Bdc, small: Path) -> None:
    done = bdc("build", small, "--out", "build/small", "--target", "postgres")
    assert done.exit_code == exits.OK, done.output
    assert codes(bdc, small) == set()
    assert codes(bdc, "build/small", small) == codes(bdc, small, "--out", "build/small") == set()
    narrow(small)
    assert "rest.filter-removed" in codes(bdc, small)
    (Path("build/small/database/migrations/0001_initial/01_expand.sql")).write_text("-- edited\n")
    done = bdc("diff", small)
    assert done.exit_code == exits.SPEC
    assert "E915" in done.output and "01_expand.sql" in done.output


@pytest.mark.parametrize(
    ("side", "code", "says"),
    [
        ("git:nowhere", "E931", "no such revision"),
        ("git:", "E931", "no revision"),
        ("git:--output=x", "E931", "no revision"),
        ("git:HEAD:nothing", "E931", "no `.bds` file"),
        ("nothing", "E901", "no file or folder"),
        ("db:postgresql://ann:secret@127.0.0.1:1/none", "E932", "ann@127.0.0.1:1"),
    ],
)
def test_a_side_that_cannot_be_read_says_why(bdc: Bdc, small: Path, side: str, code: str, says: str) -> None:
    done = bdc("diff", side, small)
    assert done.exit_code == exits.SPEC
    assert f"error[{code}]" in done.output and says in done.output
    assert "secret" not in done.output


def test_no_base_is_said(bdc: Bdc, small: Path) -> None:
    done = bdc("diff", small)
    assert done.exit_code == exits.SPEC
    assert "error[E930]" in done.output and "build/small" in done.output


def test_no_repository_is_said(bdc: Bdc) -> None:
    bdc("new", "small")
    done = bdc("diff", "git:HEAD", "small")
    assert done.exit_code == exits.SPEC
    assert "error[E931]" in done.output and "not a git repository" in done.output


def test_a_side_with_mistakes_shows_them(bdc: Bdc, small: Path) -> None:
    """Also when they are in a revision: its lines are shown, not those of the working tree."""
    edit(small / "small.bds", "owner: Person?", "owner: Persn?")
    done = bdc("diff", "git:HEAD", small)
    assert done.exit_code == exits.SPEC
    assert "cannot read small" in done.output and "owner: Persn?" in done.output
    git("commit", "-qam", "broken")
    edit(small / "small.bds", "owner: Persn?", "owner: Person?")
    done = bdc("diff", "git:HEAD", small)
    assert done.exit_code == exits.SPEC
    assert "cannot read git:HEAD" in done.output and "owner: Persn?" in done.output


def test_too_many_sides_are_refused(bdc: Bdc, small: Path) -> None:
    assert bdc("diff", "a", "b", "c").exit_code == exits.USAGE
    assert bdc("diff", "a", "b", "--out", "c").exit_code == exits.USAGE


def test_what_is_kept_gives_the_same(bdc: Bdc, small: Path, tmp_path: Path) -> None:
    """The second run reads what the first has compiled; a file that was cut short is as if it were not there."""
    edit(small / "small.bds", "done_at: timestamp?", "done_at: timestamp?\n  hint: string(..20)?")
    first = bdc("diff", "git:HEAD", small, "--format", "json").stdout
    kept = sorted((tmp_path / "cache" / "bdc").glob("side-*.pickle"))
    assert len(kept) == 2
    assert bdc("diff", "git:HEAD", small, "--format", "json").stdout == first
    kept[0].write_bytes(kept[0].read_bytes()[:100])
    assert bdc("diff", "git:HEAD", small, "--format", "json").stdout == first
