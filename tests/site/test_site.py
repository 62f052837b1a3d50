"""The site: complete, its links lead somewhere, its tutorial can be followed, its scoreboard names tests that exist."""

import re
import shlex
from pathlib import Path
from posixpath import dirname, normpath

import pytest
from click.testing import CliRunner

from bdc.cli.main import COMMANDS, cli
from bdc.review import RULES
from tests.site.__main__ import build, write
from tests.site.gather import ROOT, pages
from tests.support.tools import not_run, tool

SITE = ROOT / "specs" / "site"
PICTURES = {f"howto/pictures/{path.name}" for path in (ROOT / "specs" / "pictures").iterdir()}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return dict(pages())


def test_reference_is_complete(made: dict[str, str]) -> None:
    commands, rules = made["reference/commands.md"], made["reference/review-rules.md"]
    assert [name for name in COMMANDS if f"## bdc {name}\n" not in commands] == []
    assert [rule.code for rule in RULES if f"| {rule.code} |" not in rules] == []
    assert "## Entity\n" in made["reference/ir.md"] and "[E101]" in made["reference/codes/index.md"]


def test_links_between_pages_lead_to_pages(made: dict[str, str]) -> None:
    wrong = [
        f"{page}: {target}"
        for page, text in made.items()
        for target in re.findall(
            r"(?<!\!)\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        )
        if "://" not in target
        and not target.startswith("#")
        and normpath(f"{dirname(page)}/{target.partition('#')[0]}").lstrip("/")
        not in {*made, "architecture.svg", *PICTURES}
    ]
    assert wrong == []


@pytest.mark.long
def test_the_tutorial_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^\$ bdc (.*)$", (SITE / "tutorial.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) >= 8
    for command in commands:
        result = CliRunner().invoke(cli, shlex.split(command))
        assert result.exit_code == 0, (command, result.output)


def test_the_scoreboard_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[^`]+)`", (SITE / "scoreboard.md").read_text(encoding="utf-8"))
    assert len(named) > 15 and [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.long
@pytest.mark.tool
def test_mkdocs_builds_it_strictly(tmp_path: Path) -> None:
    program = tool("mkdocs")
    if program is None:
        pytest.skip(not_run("mkdocs"))
    done = build(write(tmp_path), str(program))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "html" / "reference" / "commands.html").is_file()
