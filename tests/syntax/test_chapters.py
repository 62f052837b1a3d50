"""What the chapters of the language show can be parsed, and the editors' grammar is data they can read."""

import json
import re
from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.syntax import parse
from bdc.syntax.brackets import DECLARATIONS

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "specs" / "language").glob("*.md"))
EXAMPLE = re.compile(r"^```bds\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_example_of_a_chapter_parses(path: Path) -> None:
    for text in EXAMPLE.findall(path.read_text(encoding="utf-8")):
        sink = DiagnosticSink()
        parse(SourceFile(path.name, text if text.startswith("bds ") else f"bds 1\n{text}"), sink)
        assert sink.in_source_order() == (), text


def test_editors_colour_every_declaration() -> None:
    text = (ROOT / "grammar" / "bdc_grammar" / "bds.tmLanguage.json").read_text(encoding="utf-8")
    rules = json.loads(text)["repository"]
    assert all(re.compile(rule["match"]) for rule in rules.values() if "match" in rule)
    declaring = re.compile(rules["declarations"]["match"])
    assert [word for word in DECLARATIONS - {"SQL"} if not declaring.match(f"{word.lower()} X")] == []
