"""An adoption that is killed anywhere is taken up by the next run, forth and back."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.stack import Server
from bdc.stack.migrations import captured
from tests.adoption.in_use import ADMIN, OWNERS, InUse, in_use
from tests.adoption.test_adoption import gone
from tests.support.postgres import run

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture
def chinook(postgres_server: Server) -> Iterator[InUse]:
    yield run(in_use(postgres_server, "pg-chinook", "chinook"))
    run(gone(postgres_server, "chinook"))


def killed(out: Path, url: str, command: str, lines: int) -> None:
    """Run the command, and kill it when it has said `lines` lines."""
    arguments = [sys.executable, "-u", "-m", "database.migrate", command, "--database", url]
    with subprocess.Popen(arguments, cwd=out, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        process.kill()


def owners(base: InUse) -> set[str]:
    return {row["owner"] for row in run(base.fetch(OWNERS)) if row["name"] != "_prisma_migrations"}


def test_killed_anywhere(chinook: InUse, tmp_path: Path) -> None:
    url, out = chinook.url(ADMIN), tmp_path / "out"
    made = CliRunner().invoke(
        cli, ["adopt", f"db:{url}", "--spec", str(tmp_path / "specs"), "--out", str(out)]
    )
    assert made.exit_code == exits.OK, made.output
    before = owners(chinook)
    for lines in (0, 1, 7, 12, 30):
        for command, wanted in (("up", {"chinook_owner"}), ("down", before)):
            killed(out, url, command, lines)
            code, said = captured(out, url, (command,))
            assert code == 0, said
            assert owners(chinook) == wanted, (lines, command)
        left = "select nspname from pg_namespace where nspname ~ '^(app|api_.*)$'"
        assert run(chinook.fetch(left)) == []
