"""Two branches that each planned a migration, merged: one stays, the other is planned again behind it."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.evolution import read_history

FIELD = "  done_at: timestamp?\n"


def bdc(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def migrations(out: Path) -> list[str]:
    return sorted(path.parent.name for path in (out / "database/migrations").glob("*/edge.json"))


def grown(spec: Path, *fields: str) -> Path:
    """Return a copy of the specification whose tasks have more fields."""
    copy = spec.parent / "-".join(("spec", *fields))
    shutil.copytree(spec, copy)
    file = copy / "garden.bds"
    more = "".join(f"  {field}: int?\n" for field in fields)
    file.write_text(file.read_text(encoding="utf-8").replace(FIELD, FIELD + more), encoding="utf-8")
    return copy


@pytest.fixture
def forked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the specification, and `out`: two migrations start where the first ends."""
    monkeypatch.chdir(tmp_path)
    bdc("new", "garden")
    assert bdc("build", "garden", "--out", "out").exit_code == exits.OK
    for branch, field in (("other", "effort"), ("out", "colour")):
        if branch == "other":
            shutil.copytree("out", "other")
        written = bdc(
            "diff", branch, grown(tmp_path / "garden", field), "--write", "--no-prove", "--name", field
        )
        assert written.exit_code == exits.OK, written.output
    [effort] = [name for name in migrations(tmp_path / "other") if "effort" in name]
    shutil.copytree(
        tmp_path / "other/database/migrations" / effort, tmp_path / "out/database/migrations" / effort
    )
    return tmp_path


@pytest.mark.parametrize(("kept", "lost"), [("effort", "colour"), ("colour", "effort")])
def test_one_branch_stays_and_the_other_is_planned_behind_it(forked: Path, kept: str, lost: str) -> None:
    out, both = forked / "out", grown(forked / "garden", "effort", "colour")
    assert bdc("build", both, "--out", "out").exit_code == exits.CONFLICT
    [keep] = [name for name in migrations(out) if kept in name]
    done = bdc("migrate", "merge", "out", both, "--keep", keep)
    assert done.exit_code == exits.OK, done.output
    history = read_history(out)
    assert [one.name.partition("_")[2] for one in history] == ["initial", kept, "merge"]
    edge = history[-1].edge
    assert edge is not None
    statements = " ".join(statement for one in edge.operations for statement in one.statements)
    assert lost in statements and kept not in statements
    assert bdc("build", both, "--out", "out").exit_code == exits.OK


def test_what_cannot_be_merged_changes_nothing(forked: Path) -> None:
    out, before = forked / "out", migrations(forked / "out")
    unknown = bdc("migrate", "merge", "out", "spec-effort", "--keep", "nothing")
    assert (unknown.exit_code, "error[E924]: no migration is called nothing" in unknown.output) == (
        exits.CONFLICT,
        True,
    )
    unsaid = bdc(
        "migrate", "merge", "out", "spec-effort", "--keep", next(name for name in before if "colour" in name)
    )
    assert (unsaid.exit_code, "E502" in unsaid.output) == (exits.SPEC, True), unsaid.output
    assert migrations(out) == before
    linear = bdc("migrate", "merge", "other", "spec-effort")
    assert (linear.exit_code, "there is nothing to merge" in linear.output) == (exits.CONFLICT, True)
