"""Files of every construct give the trees that stand beside them, and broken ones the frames."""

from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.diagnostics.render import render_human
from bdc.source import SourceFile
from bdc.syntax import SourceTree, parse
from tests.support.expect import expect
from tests.support.trees import show

HERE = Path(__file__).parent
GOOD = sorted(HERE.glob("good/*.bds"))
BROKEN = sorted(HERE.glob("broken/*.bds"))


def read(path: Path) -> tuple[SourceFile, SourceTree, DiagnosticSink]:
    file = SourceFile(path.name, path.read_text(encoding="utf-8"))
    sink = DiagnosticSink()
    return file, parse(file, sink), sink


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_tree_says_what_was_written(path: Path) -> None:
    _, tree, sink = read(path)
    assert sink.in_source_order() == ()
    expect(path.with_suffix(".tree"), show(tree))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_mistake_is_reported_and_the_rest_is_read(path: Path) -> None:
    file, tree, sink = read(path)
    assert sink.has_errors
    frames = render_human(sink.in_source_order(), {file.path: file})
    expect(path.with_suffix(".frames"), f"{frames}\n\n{show(tree)}")


def test_spans_cover_what_they_name() -> None:
    text = 'bds 1\n/// Doc.\nentity A {\n  name: string(1..80)? = "x" @pii\n  check c (not (a == 1))\n}\n'
    entity = parse(SourceFile("a.bds", text), DiagnosticSink()).declarations[0]
    field, check = entity.members  # type: ignore[union-attr]
    said = {
        node: text[node.span.start : node.span.end] for node in (entity, field, field.type, check.condition)
    }
    assert said[entity].startswith("entity A {") and said[entity].endswith("}")
    assert said[field] == 'name: string(1..80)? = "x" @pii'
    assert said[field.type] == "string(1..80)?"
    assert said[check.condition] == "not (a == 1)"
