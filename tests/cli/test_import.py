"""`bdc import`: what it reads, what it writes, and what it refuses."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from tests.support import corpus

pytestmark = [pytest.mark.postgres]


def test_a_dump_becomes_a_specification_that_builds(tmp_path: Path) -> None:
    out = tmp_path / "specs"
    done = CliRunner().invoke(
        cli, ["import", str(corpus.CORPUS / "pg-chinook/schema.sql"), "--out", str(out), "--name", "chinook"]
    )
    assert (done.exit_code, sorted(path.name for path in out.iterdir())) == (
        exits.OK,
        ["chinook.bds", "import.md"],
    )
    assert CliRunner().invoke(cli, ["check", str(out)]).exit_code == exits.OK
    assert CliRunner().invoke(cli, ["fmt", "--check", str(out)]).exit_code == exits.OK
    again = CliRunner().invoke(cli, ["import", "db:postgresql://nowhere", "--out", str(out)])
    assert (again.exit_code, "E943" in again.stderr) == (exits.SPEC, True)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    nothing = CliRunner().invoke(cli, ["import", str(tmp_path), "--out", str(tmp_path / "out")])
    assert (nothing.exit_code, "E940" in nothing.stderr) == (exits.USAGE, True)
    (tmp_path / "1.sql").write_text("create table a (x int);\ncreate table b (y nosuch);\n")
    broken = CliRunner().invoke(cli, ["import", str(tmp_path), "--out", str(tmp_path / "out")])
    assert (broken.exit_code, "E941" in broken.stderr, 'type "nosuch" does not exist' in broken.stderr) == (
        exits.SPEC,
        True,
        True,
    )
    (tmp_path / "1.sql").write_text(
        "create text search configuration mine (copy = simple);\ncreate publication p for all tables;\n"
    )
    unread = CliRunner().invoke(cli, ["import", str(tmp_path / "1.sql"), "--out", str(tmp_path / "out")])
    assert (unread.exit_code, "E942" in unread.stderr) == (exits.SPEC, True)
    assert "publication p" in unread.stderr and "text search configuration public.mine" in unread.stderr
    away = CliRunner().invoke(
        cli, ["import", "db:postgresql://x@127.0.0.1:1/x", "--out", str(tmp_path / "out")]
    )
    assert (away.exit_code, "E944" in away.stderr, (tmp_path / "out").exists()) == (
        exits.OUTSIDE,
        True,
        False,
    )
