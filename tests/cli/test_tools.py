"""Small tools of the command line: templates, doctor, completion, suggestions."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.commands.new import TEMPLATES
from bdc.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[2]


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_has_no_errors_no_warnings_and_one_form(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "mine", "--template", template).exit_code == exits.OK
    checked = run("check", "mine")
    assert checked.exit_code == exits.OK and checked.stderr == ""
    assert checked.stdout.startswith("mine: ") and run("fmt", "mine", "--check").exit_code == exits.OK
    if template == "shop":
        return  # the example shows the language, and is not hardened
    scores = json.loads(run("review", "mine", "--format", "json").stdout)["scores"]
    assert scores["security"] >= 70 and scores["database"] >= 90, scores


def test_the_shop_is_a_template_and_an_example() -> None:
    for template in (ROOT / "specs/bdc_specs/templates/shop").rglob("*.*"):
        path = template.relative_to(ROOT / "specs/bdc_specs/templates/shop").as_posix()
        example = (ROOT / "examples/shop" / path.replace("starter", "shop")).read_text("utf-8")
        named = re.sub(r"^(module|use) shop\b", r"\1 starter", example, flags=re.MULTILINE)
        assert template.read_text("utf-8") == named.replace('"shop"', '"starter"')


@pytest.mark.parametrize(
    "arguments",
    [
        ("new", "made"),
        ("check", "mine"),
        ("fmt", "mine", "--check"),
        ("build", "mine", "--out", "out"),
        ("explain", "E101"),
        ("explain",),
        ("review", "mine"),
        ("policy", "matrix", "mine"),
        ("audit", "out"),
        ("diff", "mine", "mine"),
        ("advise", "mine"),
        ("graph", "mine"),
        ("completion", "zsh"),
    ],
    ids=" ".join,
)
def test_results_are_printed_as_json(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("new", "mine")
    if arguments == ("audit", "out"):
        run("build", "mine", "--out", "out")
    answer = run(*arguments, "--json")
    assert json.loads(answer.stdout) is not None


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from _commands(found, (*path, name))
        else:
            yield " ".join((*path, name)), found


def test_every_command_but_those_that_serve_takes_json() -> None:
    found = dict(_commands(cli))
    assert {"build", "adopt", "migrate up", "migrate merge", "policy why", "graph"} <= set(found)
    without = {name for name, each in found.items() if not any("--json" in p.opts for p in each.params)}
    assert without == {"dev", "lsp", "mcp"}


def test_a_system_begins_with_what_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    schema = 'datasource db { provider = "postgresql" url = env("X") }\nmodel Book { id String @id @default(uuid()) @db.Uuid title String }\n'
    (tmp_path / "schema.prisma").write_text(schema, encoding="utf-8")
    assert run("new", "books", "--from", "schema.prisma").exit_code == exits.OK
    assert "entity Book" in "".join(
        path.read_text(encoding="utf-8") for path in (tmp_path / "books").glob("*.bds")
    )


@pytest.mark.postgres
def test_doctor_examines_the_machine_and_a_specification(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run("new", "mine")
    found = {each["name"]: each for each in json.loads(run("doctor", "mine", "--json").stdout)["checks"]}
    assert found["embedded server"]["state"] == "good" and "PostgreSQL 18" in found["embedded server"]["text"]
    assert (
        found["extra up"]["state"] == found["extra lsp"]["state"] == found["specification"]["state"] == "good"
    )
    empty = run("doctor", tmp_path / "nothing")
    assert empty.exit_code == exits.OUTSIDE and "bdc new NAME" in empty.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(shell: str) -> None:
    assert "_BDC_COMPLETE" in run("completion", shell).output


def test_a_shell_is_told_commands_and_options() -> None:
    def told(words: str, at: int) -> str:
        environment = os.environ | {
            "_BDC_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(at),
        }
        program = "from bdc.cli.main import cli; cli(prog_name='bdc')"
        return subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
        ).stdout

    assert {"policy", "plan-of"} <= {line.partition(",")[2] for line in told("bdc p", 1).splitlines()}
    assert "--production" in told("bdc check --p", 2)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("chekc",), "check"),
        (("polcy",), "policy"),
        (("policy", "matrx"), "matrix"),
        (("policy", "wy"), "why"),
    ],
)
def test_misspelt_commands_are_answered_with_the_closest(words: tuple[str, ...], meant: str) -> None:
    found = run(*words)
    assert found.exit_code == exits.USAGE and f"Did you mean `{meant}`?" in found.output
    assert meant in (*COMMANDS, "matrix", "why")
