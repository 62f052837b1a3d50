"""Plain technical English: names that were metaphors stay out of the code, and riddles out of what people read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

import click
import pytest

from bdc.cli.main import cli
from bdc.diagnostics.catalogue.listed import DECLARED
from bdc.diagnostics.pages import page, pages
from bdc_emitters.openapi.answers import STANDARD
from tests.support.specs import ROOT

FOLDERS = (ROOT / "compiler/bdc", ROOT / "emitters/bdc_emitters")
# What each is called now: PolicyClause, PolicyClause, ReadGuard, a context.
CLASSES = {"Way", "Opening", "Sight", "World"}
# expression_text, sql_identifiers or casing; leftover_sql; dual_write; sync_triggers; shadow_columns; column_swap; unsupported; exposure.
MODULES = {"rest", "dual", "synchrony", "shadows", "swap", "later", "offers", "out_of_reach", "world"}
# The subject is named by its term: the caller, the role, the migration runner.
RIDDLES = re.compile(
    r"\b(?:who|whom|whoever|nobody|somebody|everybody|anybody)\b"
    r"|\bwants\b|\bjudged?\b|\bspeaks? against\b|\bleads? nowhere\b|\bmeans? nothing\b|\bcannot stand\b|\bis gone\b",
    re.IGNORECASE,
)
TOP = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
ALLOWED = {"Who may:"}  # the head of a list of roles
_BLOCK = re.compile(r"```.*?```", re.DOTALL)


def riddles(text: str) -> list[str]:
    return [found[0] for found in RIDDLES.finditer(text)]


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_names_are_terms() -> None:
    for path, tree in _modules():
        classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
        assert classes & CLASSES == set(), path
        assert path.rpartition("/")[2].removesuffix(".py") not in MODULES, path


def test_diagnostics_name_their_subject() -> None:
    for declared in DECLARED:
        assert [found for text in declared.templates for found in riddles(text)] == [], declared.code


def test_recorded_renderings_name_their_subject() -> None:
    said = [
        line
        for line in (ROOT / "tests/broken/ALL.txt").read_text(encoding="utf-8").split("\n")
        if not re.match(r"\s*\d+ │", line)  # lines of a specification
    ]
    assert [(line, found) for line in said if (found := riddles(re.sub(r"`[^`]*`", "", line)))] == []


def test_pages_name_their_subject() -> None:
    found = {code: riddles(re.sub(r"`[^`]*`", "", _BLOCK.sub("", page(code)))) for code in pages()}
    assert {code: words for code, words in found.items() if words} == {}


def _prose() -> list[Path]:
    specs = [path for path in (ROOT / "specs").rglob("*.md") if "diagnostics" not in path.parts]
    emitted = (ROOT / "emitters/bdc_emitters").rglob("*.md.j2")
    return sorted(
        [
            *specs,
            *emitted,
            *ROOT.glob("*/README.md"),
            *(ROOT / "examples").rglob("*.md"),
            *map(ROOT.joinpath, TOP),
        ]
    )


@pytest.mark.parametrize("path", _prose(), ids=lambda path: path.name)
def test_chapters_and_emitted_documents_name_their_subject(path: Path) -> None:
    text = _BLOCK.sub("", path.read_text(encoding="utf-8"))
    said = [re.sub(r"`[^`]*`|\([^)]*\.md\)", "", line) for line in text.split("\n")]
    assert [line for line in said if line not in ALLOWED and riddles(line)] == []


def test_titles_of_problems_name_their_subject() -> None:
    service = run_path(str(ROOT / "emitters/bdc_emitters/service/runtime/services/engine/problems.py"))
    for titles in (service["TITLES"], STANDARD):
        assert {code: title for code, (_, title) in titles.items() if riddles(title)} == {}


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            assert below is not None
            yield from _commands(below, f"{name} {each}")


@pytest.mark.parametrize(("name", "command"), list(_commands(cli, "bdc")), ids=str)
def test_help_names_its_subject(name: str, command: click.Command) -> None:
    text = command.get_help(click.Context(command, info_name=name))
    assert riddles(text) == [], text
