"""What editors are given beside the server: one TextMate grammar, sound JSON, JavaScript that parses, a lexer that knows every token."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from pygments.token import Error

from bdc_grammar.pygments_lexer import BdsLexer
from tests.support.shop import ROOT, SPEC

EDITORS = ROOT / "grammar" / "editors"
CODE = EDITORS / "vscode"


def test_the_extension_carries_the_grammar_and_its_files() -> None:
    own = ROOT / "grammar" / "bdc_grammar" / "bds.tmLanguage.json"
    assert (CODE / "syntaxes" / "bds.tmLanguage.json").read_bytes() == own.read_bytes()
    package = json.loads((CODE / "package.json").read_text(encoding="utf-8"))
    json.loads((CODE / "language-configuration.json").read_text(encoding="utf-8"))
    contributes = package["contributes"]
    steps = [step["media"]["markdown"] for each in contributes["walkthroughs"] for step in each["steps"]]
    paths = [package["main"], *(each["configuration"] for each in contributes["languages"]), *steps]
    assert [path for path in paths if not (CODE / path).is_file()] == []


@pytest.mark.tool
@pytest.mark.parametrize("path", ["vscode/extension.js", "tree-sitter-bds/grammar.js"])
def test_scripts_parse(path: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    subprocess.run([node, "--check", str(EDITORS / path)], check=True)


@pytest.mark.parametrize("path", sorted(SPEC.glob("*.bds")), ids=lambda path: path.name)
def test_pygments_knows_every_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = list(BdsLexer().get_tokens(text))
    assert [value for kind, value in found if kind is Error] == []
    assert "".join(value for _, value in found).strip() == text.strip()
