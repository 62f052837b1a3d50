"""Templates stay thin: they loop, test one boolean attribute, include, and apply a named filter. Whatever else a page needs is
computed in its view, where the type checker sees it."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from bdc.output.templates import FILTERS
from tests.support.shop import ROOT

TEMPLATES = sorted((ROOT / "emitters" / "bdc_emitters").glob("*/templates/**/*.j2"))
VIEW = re.compile(r"\{# view: (?:None|([\w.]+)\.(\w+)) #\}\n")
ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.If,
    nodes.Include,
    nodes.Getattr,
    nodes.Name,
    nodes.Filter,
    nodes.Const,  # the name of an included template, the argument of a filter
)


def each(path: Path) -> str:
    return f"{path.parents[1].name}/{path.name}"


def faults(source: str) -> Iterator[str]:
    """Yield what a template does that it may not do."""
    tree = Environment(autoescape=False).parse(source)
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED) and not _unpacking(node):
            yield f"line {node.lineno}: {type(node).__name__}"
        elif isinstance(node, nodes.If):
            yield from _test(node.test)
        elif isinstance(node, nodes.For):
            yield from (
                () if node.test is None and not node.recursive else (f"line {node.lineno}: a filtered loop",)
            )
        elif isinstance(node, nodes.Filter) and node.name not in {*FILTERS, "indent", "join"}:
            yield f"line {node.lineno}: the filter {node.name}"


def _unpacking(node: nodes.Node) -> bool:
    """`for name, value in …`."""
    return isinstance(node, nodes.Tuple) and node.ctx == "store"


def _test(test: nodes.Node) -> Iterator[str]:
    if not isinstance(test, nodes.Getattr | nodes.Name):
        yield f"line {test.lineno}: a test that is no attribute: {type(test).__name__}"


@pytest.mark.parametrize("path", TEMPLATES, ids=each)
def test_a_template_only_shows(path: Path) -> None:
    assert list(faults(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=each)
def test_its_first_line_names_a_view_that_is_there(path: Path) -> None:
    found = VIEW.match(path.read_text(encoding="utf-8"))
    assert found, "the first line names the view: {# view: package.module.Class #}, or None"
    if found[1]:
        assert hasattr(import_module(found[1]), found[2])
    else:
        assert "view." not in path.read_text(encoding="utf-8").partition("\n")[2]


@pytest.mark.parametrize(
    "source",
    [
        "{% if view.a == 1 %}x{% endif %}",
        "{% if view.a and view.b %}x{% endif %}",
        "{% if not view.a %}x{% endif %}",
        "{% for a in (1, 2) %}{% endfor %}",
        "{% set a = 1 %}",
        "{{ view.call() }}",
        "{{ view.a + 1 }}",
        "{{ view.a ~ view.b }}",
        "{{ 'x' if view.a else 'y' }}",
        "{% macro m() %}{% endmacro %}",
        "{{ view.items[0] }}",
        "{% for a in view.b if a.c %}{% endfor %}",
        "{{ view.a | replace('a', 'b') }}",
    ],
)
def test_the_law_is_held(source: str) -> None:
    assert list(faults(source))
