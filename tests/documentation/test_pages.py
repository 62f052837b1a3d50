"""Pages are complete, their links lead somewhere, their pictures are well-formed and show everything."""

import itertools
import os
import re
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from bdc.diagrams import Message, entity_diagram, machine_diagram, sequence_diagram
from bdc.diagrams.layers import layers
from bdc.ir import Machine, SystemIR, Transition
from bdc.ir.compiled import RowPolicy
from bdc.policy.matrix import Matrix
from bdc.surface import endpoints
from bdc_emitters.documentation.pages import pages
from bdc_emitters.documentation.wording import anchor
from tests.openapi.small import AT, entity, small
from tests.openapi.small import ID as KEY

EXPECTED = Path(__file__).parent / "expected"
SVG = "{http://www.w3.org/2000/svg}"
WALL = RowPolicy("note", "note_read", "select", False, ("runtime",), "true", None, ("Note.allow.read.2",))
ELSEWHERE = {"api/documentation/openapi.json"}  # emitted by others


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return {file.path: file.content for file in pages(small(), [WALL], [])}


def test_golden(files: dict[str, str]) -> None:
    for path, content in files.items():
        expected = EXPECTED / path.removeprefix("documentation/")
        if os.environ.get("UPDATE_EXPECT"):
            expected.parent.mkdir(parents=True, exist_ok=True)
            expected.write_text(content)
        assert content == expected.read_text(), path


def test_every_link_leads_somewhere(files: dict[str, str]) -> None:
    seen = 0
    for path, content in files.items():
        if path.endswith(".md"):
            headings = {anchor(found) for found in re.findall(r"^#+ (.*)$", content, re.MULTILINE)}
            for target in re.findall(r"\]\(([^)]+)\)", content):
                seen += 1
                file, _, place = target.partition("#")
                assert not place or file or place in headings, target
                assert not file or normpath(join(dirname(path), file)) in files.keys() | ELSEWHERE, target
    assert seen > 5


def test_every_table_has_as_many_cells_as_its_head(files: dict[str, str]) -> None:
    for path, content in files.items():
        if not path.endswith(".md"):
            continue
        assert "\n\n\n" not in content
        tokens = MarkdownIt("commonmark").enable("table").parse(content)
        rows = [token for token in tokens if token.type == "tr_open"]
        written = len(re.findall(r"^\|", content, re.MULTILINE)) - len(
            re.findall(r"^\|(---\|)+$", content, re.MULTILINE)
        )
        assert len(rows) == written, path
        for table in re.findall(r"(?:^\|.*\n)+", content, re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


def test_every_operation_and_every_cell_of_the_matrix_is_written(files: dict[str, str]) -> None:
    system = small()
    for endpoint in endpoints(system):
        assert f"### {endpoint.id}\n" in files["documentation/api-specs.md"]
    for row in Matrix(system).rows:
        for rule in row.rules:
            assert rule in files["documentation/security.md"]
        if row.condition:
            assert row.condition in files["documentation/security.md"]


def test_enforcement_shows_the_wall_that_was_built(files: dict[str, str]) -> None:
    lines = files["documentation/security.md"].splitlines()
    built = next(line for line in lines if line.startswith("| `Note.allow.read.2` |"))
    assert built.endswith("| ● | ● | – | – | ● |")
    missing = next(line for line in lines if line.startswith("| `Note.allow.read.1` |"))
    assert missing.endswith("| ● | – | – | – | – |")


def test_pictures_are_well_formed_and_show_everything(files: dict[str, str]) -> None:
    system = small()
    words = {path: texts(content) for path, content in files.items() if path.endswith(".svg")}
    assert {found.name for found in system.entities} <= words["documentation/diagrams/entities.svg"]
    assert {"draft", "out", "publish"} <= words["documentation/diagrams/note-state.svg"]
    assert len(words) == 6


def test_nothing_stands_outside_its_picture() -> None:
    system = many(40)
    root = ET.fromstring(entity_diagram(system))
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    boxes = [found.attrib for found in root.iter(f"{SVG}rect")]
    assert len(boxes) > 80
    assert all(float(box.get("x", 0)) + float(box["width"]) <= width for box in boxes)
    assert all(float(box.get("y", 0)) + float(box["height"]) <= height for box in boxes)
    assert "and 7 more" in texts(entity_diagram(system))


def test_layers_follow_references_and_cut_circles() -> None:
    assert layers(["c", "b", "a"], {"c": ["b"], "b": ["a"]}) == (("a",), ("b",), ("c",))
    assert sorted(name for column in layers(["a", "b"], {"a": ["b"], "b": ["a"]}) for name in column) == [
        "a",
        "b",
    ]
    deep = [str(number) for number in range(5000)]
    chain = {node: [following] for node, following in itertools.pairwise(deep)}
    assert len(layers(deep, chain)) == 5000


def test_a_machine_with_ways_back_loops_and_lost_states() -> None:
    steps = [(("draft",), "out", "publish"), (("out",), "draft", None), (("out",), "out", "touch")]
    transitions = tuple(
        Transition(sources=sources, target=target, operation=name, origin=AT)
        for sources, target, name in steps
    )
    machine = Machine(entity="Note", field="state", initial="draft", transitions=transitions, origin=AT)
    assert {"draft", "out", "publish", "touch", "update"} <= texts(machine_diagram(small(), machine))


def test_a_sequence_escapes_what_it_shows() -> None:
    picture = sequence_diagram("<a> & b", ["<a>", "b"], [Message("<a>", "b", 'say "<hi>"')])
    assert {"<a>", 'say "<hi>"'} <= texts(picture)


def texts(picture: str) -> set[str]:
    return {found.text or "" for found in ET.fromstring(picture).iter(f"{SVG}text")}


def many(count: int) -> SystemIR:
    fields = tuple(
        KEY.model_copy(update={"name": f"field_{number}", "column": f"f{number}"}) for number in range(20)
    )
    return SystemIR(
        name="many",
        title="Many",
        entities=tuple(entity(f"Thing{number}", f"Things{number}", *fields) for number in range(count)),
    )
