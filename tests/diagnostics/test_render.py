"""Diagnostics for people, programs and code hosts say the same, wherever the place is."""

import json

import pytest

from bdc.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from bdc.diagnostics.render import render_human, render_json, render_sarif
from bdc.source import SourceFile, Span

FILE = SourceFile("a.bds", "bds 1\n\tentity A {\n  日本: int  b\n}\nlast")
OTHER = SourceFile("b.bds", "bds 1\nrole x\n")
FILES = {file.path: file for file in (FILE, OTHER)}


def at(start: int, end: int, text: str = "", file: str = "a.bds") -> Label:
    return Label(Span(file, start, end), text)


def frame(primary: Label | None, *secondary: Label) -> list[str]:
    text = render_human([Diagnostic("E001", "message", primary, secondary=secondary)], FILES)
    return [line.rstrip() for line in text.split("\n")]


def test_a_frame_shows_the_line_and_the_words() -> None:
    assert frame(at(0, 3, "here")) == [
        "error[E001]: message",
        "  --> a.bds:1:1",
        "    │",
        "  1 │ bds 1",
        "    │ ^^^ here",
        "  more: bdc explain E001",
    ]


def test_a_tab_takes_its_cells() -> None:
    assert frame(at(7, 13, "this"))[3:5] == ["  2 │     entity A {", "    │     ^^^^^^ this"]


def test_wide_characters_take_two_cells() -> None:
    assert frame(at(20, 22))[3:5] == ["  3 │   日本: int  b", "    │   ^^^^"]


def test_the_end_of_the_file_is_a_place() -> None:
    end = len(FILE.text)
    assert frame(at(end, end, "missing"))[3:5] == ["  5 │ last", "    │     ^ missing"]


def test_a_span_of_several_lines_marks_each_and_speaks_at_the_last() -> None:
    assert frame(at(7, 32, "all of it"))[3:9] == [
        "  2 │     entity A {",
        "    │     ^^^^^^^^^^",
        "  3 │   日本: int  b",
        "    │   ^^^^^^^^^^^^",
        "  4 │ }",
        "    │ ^ all of it",
    ]


def test_labels_of_other_files_get_frames_of_their_own() -> None:
    shown = frame(at(0, 3), at(6, 10, "declared here", "b.bds"))
    assert "  --> b.bds:2:1" in shown and "    │ ---- declared here" in shown


def test_a_file_that_is_not_there_is_named() -> None:
    assert "  --> gone.bds" in frame(at(3, 4, "why", "gone.bds"))


def test_without_a_place_there_is_the_message() -> None:
    assert frame(None) == ["error[E001]: message", "  more: bdc explain E001"]


def test_colour_only_adds_codes() -> None:
    found = [Diagnostic("E001", "message", at(0, 3, "here"), help="help", fix=Fix("fix"))]
    coloured = render_human(found, FILES, colour=True)
    assert "\x1b[1;31m" in coloured
    plain = render_human(found, FILES)
    for code in ("\x1b[1;31m", "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[34m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain


FOUND = Diagnostic(
    "E402",
    "no index serves this",
    at(7, 13, "here"),
    severity=Severity.WARNING,
    secondary=(at(6, 10, "there", "b.bds"),),
    help="add one",
    fix=Fix("add it", (Edit(Span("a.bds", 7, 7), "x"), Edit(Span("b.bds", 0, 3), ""))),
)


def test_json_has_places_in_lines_and_offsets() -> None:
    (found,) = json.loads(render_json([FOUND], FILES))["diagnostics"]
    assert found["code"] == "E402" and found["severity"] == "warning"
    assert found["primary"]["start"] == {"line": 2, "column": 2}
    assert found["primary"]["end"] == {"line": 2, "column": 8}
    assert found["fix"]["edits"][0]["replacement"] == "x"
    assert json.loads(render_json([], FILES)) == {"diagnostics": []}


def test_sarif_refers_to_its_rules() -> None:
    log = json.loads(render_sarif([FOUND, FOUND], FILES))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "E402"
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"], region["endColumn"]) == (2, 2, 8)
        assert len(result["fixes"][0]["artifactChanges"]) == 2


@pytest.mark.parametrize("render", [render_human, render_json, render_sarif])
def test_nothing_found_is_no_error(render: object) -> None:
    assert isinstance(render([], {}), str)  # type: ignore[operator]
