"""Every code has a page, every page a code, and the examples on it tell the truth."""

import re
from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.diagnostics.pages import page, pages
from bdc.evolution.next_migration import advance
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from bdc.syntax import parse
from tests.support.specs import compile_text

COMPILER = Path(__file__).parents[2] / "compiler" / "bdc"
CODE = re.compile(r'"(E\d{3})"')
EXAMPLE = re.compile(r"^```bds\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def codes_in_use() -> set[str]:
    return {
        code for file in COMPILER.rglob("*.py") for code in CODE.findall(file.read_text(encoding="utf-8"))
    }


def examples(*, of_plans: bool = False) -> list[tuple[str, list[str]]]:
    """Return the examples by code; pages about files and targets show none. Those of plans are three: what was, what is wrong
    after it, and what is right."""
    found = [(code, EXAMPLE.findall(page(code))) for code in pages()]
    return [(code, blocks) for code, blocks in found if blocks and code.startswith("E5") == of_plans]


def codes_of(code: str, text: str) -> set[str]:
    """Return the codes that the text gives: of the parser alone for syntax, of the whole front end for the rest."""
    file = SourceFile("example.bds", text)
    if code.startswith("E0"):
        sink = DiagnosticSink()
        parse(file, sink)
        return {found.code for found in sink.in_source_order()}
    from bdc.pipeline import compile_system

    engine = "citus" if code == "E611" else "postgres"
    found = compile_system([file], production=code == "E610", engine=engine)
    return {each.code for each in found.diagnostics}


def codes_of_plan(before: str, after: str) -> set[str]:
    """Return the codes that come back instead of a plan, and those of what it asks the rows first."""
    old, new = (compile_text(text).system for text in (before, after))
    assert old is not None
    assert new is not None
    start = physical_state(old, compile_queries(old, True))
    planned = advance(start, new, compile_queries(new, True), old).planned
    asked = {check.code for operation in planned.operations for check in operation.checks}
    return asked | {found.code for found in planned.refusals}


def test_codes_and_pages_are_the_same() -> None:
    assert set(pages()) == codes_in_use()


def test_every_page_has_a_title() -> None:
    assert [code for code, title in pages().items() if not title] == []


@pytest.mark.parametrize(("code", "blocks"), examples(), ids=[code for code, _ in examples()])
def test_the_wrong_example_gives_the_code_and_the_right_one_does_not(code: str, blocks: list[str]) -> None:
    assert len(blocks) >= 2, "a page shows what is wrong and what is right"
    assert code in codes_of(code, blocks[0])
    assert code not in codes_of(code, blocks[-1])


@pytest.mark.parametrize(("code", "blocks"), examples(), ids=[code for code, _ in examples()])
def test_the_examples_have_no_other_mistake_of_syntax(code: str, blocks: list[str]) -> None:
    syntax = {found for found in codes_of("E0", blocks[0]) if found.startswith("E0")}
    assert syntax <= {code}
    assert codes_of("E0", blocks[-1]) == set()


@pytest.mark.parametrize(
    ("code", "blocks"), examples(of_plans=True), ids=[code for code, _ in examples(of_plans=True)]
)
def test_a_plan_gives_the_code_for_the_wrong_example_alone(code: str, blocks: list[str]) -> None:
    before, wrong, right = blocks
    assert code in codes_of_plan(before, wrong)
    assert code not in codes_of_plan(before, right)
