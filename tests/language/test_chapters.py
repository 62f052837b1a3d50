"""Every example of every chapter compiles, or fails as marked; what a chapter says it becomes is what is built; and the
chapters leave out nothing that the compiler knows by name."""

import re
from functools import cache
from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.ir import Scalar
from bdc.model.attributes import ENTITY, FIELD, LATER, OPERATION
from bdc.model.functions import FUNCTIONS
from bdc.pipeline import Compilation, compile_system
from bdc.syntax import format_file
from tests.language.built import missing
from tests.language.chapters import CHAPTERS, examples
from tests.support.specs import ROOT, place

EXAMPLES = {example.name: example for example in examples()}
CLAIMED = [name for name, example in EXAMPLES.items() if example.claims]
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in CHAPTERS}
_REFUSED = re.compile(r'NotSupported\(\s*f?"([^"]*)"')
_HOLE = re.compile(r"\{[^}]*\}")


@cache
def compiled(name: str) -> Compilation:
    return compile_system(EXAMPLES[name].files)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gives_what_is_marked_in_it(name: str) -> None:
    compilation = compiled(name)
    found = [
        (f"{file}:{line} {diagnostic.code}", diagnostic.message)
        for diagnostic in compilation.diagnostics
        for file, line, _ in [place(diagnostic, compilation.model)]
    ]
    assert [code for code, _ in found] == EXAMPLES[name].mistakes, found


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if not example.mistakes])
def test_an_example_is_written_in_the_one_form(name: str) -> None:
    for file in EXAMPLES[name].files:
        assert format_file(file, DiagnosticSink()) == file.text


@pytest.mark.parametrize("name", CLAIMED)
def test_an_example_becomes_what_its_chapter_says(name: str) -> None:
    system = compiled(name).system
    assert system is not None
    for claim in EXAMPLES[name].claims:
        assert missing(claim, system) == []


def test_every_attribute_is_shown_where_it_compiles() -> None:
    shown = {
        attribute
        for example in EXAMPLES.values()
        if not example.mistakes
        for attribute in re.findall(r"@([a-z_]+)", example.text)
    }
    assert {*FIELD, *ENTITY, *OPERATION} - shown == set()


@pytest.mark.parametrize(
    ("chapter", "names"),
    [
        ("types", [scalar.value for scalar in Scalar]),
        ("expressions", list(FUNCTIONS)),
        (
            "std",
            [
                name
                for path in (ROOT / "specs/bdc_specs/std").glob("*.bds")
                for name in re.findall(
                    r"^(?:type|mixin) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
                )
            ],
        ),
    ],
)
def test_a_chapter_leaves_no_name_out(chapter: str, names: list[str]) -> None:
    assert names and [name for name in names if not re.search(rf"`[^`\n]*\b{name}\b", TEXTS[chapter])] == []


def test_everything_that_is_refused_is_on_the_page_of_what_is_not_there_yet() -> None:
    said = [
        diagnostic.message
        for name in EXAMPLES
        if name.startswith("not-yet:")
        for diagnostic in compiled(name).diagnostics
    ]
    sources = (
        path for room in ("model", "analysis") for path in (ROOT / "compiler/bdc" / room).rglob("*.py")
    )
    written = {what for path in sources for what in _REFUSED.findall(path.read_text(encoding="utf-8"))}
    patterns = [".*".join(map(re.escape, _HOLE.split(what))) for what in written]
    assert patterns and [each for each in patterns if not any(re.match(each, text) for text in said)] == []
    assert [name for name in LATER if not any(text.startswith(f"`@{name}`") for text in said)] == []


def test_the_index_lists_every_chapter() -> None:
    assert [
        path.name for path in CHAPTERS if path.stem != "README" and f"]({path.name})" not in TEXTS["README"]
    ] == []


@pytest.mark.parametrize(
    "path",
    [*CHAPTERS, *(ROOT / f"{folder}/README.md" for folder in ("specs", "compiler", "emitters", "grammar"))],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
