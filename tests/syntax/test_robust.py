"""No text crashes or hangs the parser, and a mistake costs only what it stands in."""

import random
import re
from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.syntax import parse
from bdc.syntax.ast import Broken, EntityDecl
from tests.support.sampling import sampled

SHOP = sorted((Path(__file__).parents[2] / "examples" / "shop").glob("*.bds"))
WORD = re.compile(r"\w+|[^\w\s]")


def problems(text: str) -> int:
    """Parse, check that all places lie in the file, and return how many problems were found."""
    sink = DiagnosticSink()
    parse(SourceFile("x.bds", text), sink)
    found = sink.in_source_order()
    for each in found:
        labels = (each.primary, *each.secondary)
        assert all(label is None or 0 <= label.span.start <= label.span.end <= len(text) for label in labels)
    return len(found)


@pytest.mark.parametrize("path", sampled(SHOP, 3), ids=lambda path: path.stem)
def test_any_prefix_is_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for end in random.Random(path.name).sample(range(len(text)), 80):
        problems(text[:end])


@pytest.mark.parametrize("odd", ["@", "(", "[", "{", ":", ",", "?", "=", "not", "with"])
def test_a_file_may_end_in_the_middle_of_anything(odd: str) -> None:
    """A repair may take the end for the rest of what is written wrongly: the end is read all the same."""
    text = SHOP[0].read_text(encoding="utf-8")
    words = [found.end() for found in WORD.finditer(text)]
    for end in random.Random(odd).sample(words, min(60, len(words))):
        problems(f"{text[:end]} {odd}")
    assert problems("bds 1\napi A v1 { resource B { op c(p: int) @d(" + odd) > 0


@pytest.mark.parametrize("path", sampled(SHOP, 3), ids=lambda path: path.stem)
def test_any_lost_or_doubled_word_is_survived(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    words = [found.span() for found in WORD.finditer(text)]
    chance = random.Random(path.name)
    for start, end in chance.sample(words, min(40, len(words))):
        problems(text[:start] + text[end:])
        other = chance.choice(words)
        problems(text[:start] + text[other[0] : other[1]] + text[end:])


def test_noise_is_survived() -> None:
    text = SHOP[0].read_text(encoding="utf-8")
    chance = random.Random(7)
    for _ in range(40):
        noisy = list(text)
        for _ in range(10):
            noisy[chance.randrange(len(noisy))] = chance.choice('{}()[];:="\n/\\é@')
        problems("".join(noisy))


def test_brackets_nested_without_end_are_survived() -> None:
    assert problems("bds 1\nentity A { x: int = " + "(" * 3000) > 0
    assert problems("bds 1\n" + "api A { resource B { " * 300) > 0


def test_nesting_beyond_measure_is_refused_by_name() -> None:
    sink = DiagnosticSink()
    parse(SourceFile("x.bds", "bds 1\nentity A { x: int = " + "(" * 900 + "1" + ")" * 900 + " }\n"), sink)
    assert "E019" in {found.code for found in sink.in_source_order()}


def test_a_broken_member_costs_only_itself() -> None:
    text = "bds 1\nentity A {\n  a: int\n  b int int ( \n  c: int\n}\nentity B {\n  d: int\n}\n"
    tree = parse(SourceFile("x.bds", text), DiagnosticSink())
    first, second = tree.declarations
    assert isinstance(first, EntityDecl) and isinstance(second, EntityDecl)
    assert next(member.name.text for member in first.members if not isinstance(member, Broken)) == "a"  # type: ignore[union-attr]
    assert first.members[-1].name.text == "c"  # type: ignore[union-attr]


def test_a_broken_declaration_keeps_its_name() -> None:
    tree = parse(SourceFile("x.bds", "bds 1\nenum Colour 5 red\nrole member\n"), DiagnosticSink())
    broken = tree.declarations[0]
    assert isinstance(broken, Broken) and broken.name is not None and broken.name.text == "Colour"
    assert len(tree.declarations) == 2
