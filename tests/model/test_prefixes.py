"""The sample cut anywhere gives diagnostics, or a smaller system: never a crash."""

import random
from functools import cache
from pathlib import Path

import pytest

from bdc.analysis import RULES, analyse
from bdc.diagnostics import DiagnosticSink
from bdc.lowering import lower
from bdc.model import resolve
from bdc.source import SourceFile
from bdc.syntax import ast, parse
from tests.support.specs import ROOT

SHOP = sorted((ROOT / "examples" / "shop").glob("*.bds"))
CUTS = 20


@cache
def _whole(path: Path) -> ast.SourceTree:
    return parse(SourceFile(path.name, path.read_text(encoding="utf-8")), DiagnosticSink())


@pytest.mark.parametrize("path", SHOP, ids=lambda path: path.stem)
def test_a_cut_file_beside_whole_ones(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    offsets = random.Random(path.name).sample(range(len(text)), CUTS)
    for offset in offsets:
        sink = DiagnosticSink()
        cut = parse(SourceFile(path.name, text[:offset]), sink)
        model = resolve([cut if other == path else _whole(other) for other in SHOP], sink)
        analyse(model, RULES, sink)
        assert all(found.primary is not None for found in sink.in_source_order())
        if not sink.has_errors:
            lower(model)


@pytest.mark.parametrize("path", SHOP, ids=lambda path: path.stem)
def test_a_file_without_one_of_its_lines(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in random.Random(path.name).sample(range(len(lines)), min(CUTS, len(lines))):
        sink = DiagnosticSink()
        holed = parse(SourceFile(path.name, "".join(lines[:number] + lines[number + 1 :])), sink)
        model = resolve([holed if other == path else _whole(other) for other in SHOP], sink)
        analyse(model, RULES, sink)
        if not sink.has_errors:
            lower(model)
