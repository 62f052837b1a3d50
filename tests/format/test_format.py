"""The laws of `bdc fmt`: it changes no meaning, loses no comment, and has nothing to add to its own work."""

import itertools
import random
from collections import Counter
from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.syntax import format_file, grammar, parse
from bdc.syntax.format.gaps import gaps
from bdc.syntax.lexemes import tokens
from tests.support.expect import expect
from tests.support.trees import show

ROOT = Path(__file__).parents[2]
CASES = sorted(Path(__file__).parent.glob("cases/*.bds"))
SHOP = sorted((ROOT / "examples" / "shop").glob("*.bds"))
SHIPPED = SHOP + sorted((ROOT / "specs" / "bdc_specs").glob("*/*.bds"))
CORPUS = [*SHIPPED, *CASES, *sorted((ROOT / "tests" / "syntax" / "good").glob("*.bds"))]


def formatted(text: str) -> str:
    sink = DiagnosticSink()
    result = format_file(SourceFile("x.bds", text), sink)
    assert result is not None, sink.in_source_order()
    return result


def tree(text: str) -> str:
    sink = DiagnosticSink()
    found = parse(SourceFile("x.bds", text), sink)
    assert sink.in_source_order() == ()
    return show(found)


def comments(text: str) -> Counter[str]:
    file = SourceFile("x.bds", text)
    found = tokens(grammar.grammar(), file, DiagnosticSink())
    return Counter(remark.text for gap in gaps(found, text) for remark in gap.remarks)


def check_laws(text: str) -> None:
    once = formatted(text)
    assert tree(once) == tree(text)
    assert comments(once) == comments(text)
    assert formatted(once) == once
    lines = once.split("\n")
    assert "\n\n\n" not in once and once.endswith("\n") and not once.startswith("\n")
    assert tree(text).count("SqlBlock") or all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_laws_hold(path: Path) -> None:
    check_laws(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_laws_hold_however_it_is_broken_and_remarked_upon(path: Path) -> None:
    """Between any two tokens there may be blanks, line breaks and comments."""
    text = path.read_text(encoding="utf-8")
    file = SourceFile("x.bds", text)
    found = tokens(grammar.grammar(), file, DiagnosticSink())
    chance = random.Random(path.name)
    fillers = [" ", "\n", "\n\n\n", "  // beside\n", "\n// alone\n", "\n\n  // with a blank\n\n", "\t"]
    out = [text[: found[0].end_pos]]
    for before, token in itertools.pairwise(found):
        gap = text[before.end_pos : token.start_pos]
        filler = gap + chance.choice(fillers) if chance.random() < 0.15 else gap
        # Documentation runs to the end of its line, and so does a comment.
        out.append(("\n" if before.type == "DOC" else "") + filler + text[token.start_pos : token.end_pos])
    check_laws("".join(out))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_form(path: Path) -> None:
    expect(path.with_suffix(".formatted"), formatted(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_shipped_is_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text) == text


def test_a_file_that_does_not_parse_is_left_alone() -> None:
    sink = DiagnosticSink()
    assert format_file(SourceFile("x.bds", "bds 1\nentity {\n"), sink) is None
    assert sink.has_errors


def test_nothing_becomes_nothing() -> None:
    assert formatted("bds 1") == "bds 1\n"
