"""Pictures: no line behind a box, whatever refers to what, and Mermaid text of every kind."""

import random
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from bdc.cli.main import cli
from bdc.diagrams import KINDS, pictures
from bdc.diagrams.entities import entity_layout
from bdc.diagrams.routes import crossings
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from tests.support.shop import SPEC


def _woven(entities: int, seed: int) -> SystemIR:
    """Return a system whose entities refer to each other at random: chains, stars, circles and itself."""
    rng = random.Random(seed)
    parts = ["bds 1\nmodule woven @unguarded\n"]
    for number in range(entities):
        fields = "".join(
            f"  r{at}: E{rng.randrange(entities)}?\n" for at in range(rng.choice([0, 1, 1, 2, 3]))
        )
        parts.append(f"entity E{number} {{\n  id: uuid = uuid7() @id\n{fields}}}\n")
    found = compile_system([SourceFile("woven.bds", "\n".join(parts))])
    assert found.system is not None, found.diagnostics
    return found.system


@pytest.mark.parametrize("seed", range(4))
def test_no_line_runs_behind_a_box_at_sixty_entities(seed: int) -> None:
    layout = entity_layout(_woven(60, seed))
    behind = [(owner, name, crossings(points, layout.boxes)) for owner, name, _, points in layout.lines]
    assert len(layout.lines) > 40
    assert [each for each in behind if each[2]] == []
    boxes = list(layout.boxes.values())
    assert not any(one.meets(other) for at, one in enumerate(boxes) for other in boxes[at + 1 :])


def test_every_kind_in_both_forms(shop_system: SystemIR) -> None:
    for kind in KINDS:
        for name, text in pictures(shop_system, kind, "svg"):
            assert ET.fromstring(text).tag.endswith("svg"), name
        for name, text in pictures(shop_system, kind, "mermaid"):
            assert re.match(r"erDiagram|stateDiagram-v2|sequenceDiagram|flowchart LR", text), name
    (_, entities), *_ = pictures(shop_system, "entities", "mermaid")
    assert "Customer ||--o{ Order : customer" in entities


def test_graph_writes_a_file_per_picture(tmp_path: Path) -> None:
    runner = CliRunner()
    result = runner.invoke(cli, ["graph", str(SPEC), "--out", str(tmp_path), "--kind", "machines"])
    assert result.exit_code == 0 and [path.name for path in tmp_path.iterdir()] == ["order-status.svg"]
    shown = runner.invoke(cli, ["graph", str(SPEC), "--kind", "machines", "--format", "mermaid"])
    assert "draft --> placed : place" in shown.output


@pytest.fixture(scope="module")
def shop_system() -> SystemIR:
    files = [SourceFile(path.name, path.read_text(encoding="utf-8")) for path in sorted(SPEC.glob("*.bds"))]
    found = compile_system(files).system
    assert found is not None
    return found
