"""The list of diagnostics is the only place that names a code, and its templates name what their facts have."""

import ast
import inspect
import pkgutil
import re
from dataclasses import fields
from importlib import import_module

import bdc
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.listed import DECLARED
from bdc.diagnostics.declared import fields_of
from tests.support.specs import ROOT

CODE = re.compile(r"E\d{3}")
PAGES = {path.name for path in (ROOT / "specs/bdc_specs/diagnostics").glob("E*.md")}
# A rule is listed with its codes, where a reader looks for it.
NAMES_CODES = ("diagnostics/catalogue/", "analysis/registry.py")


def facts() -> list[type[Fact]]:
    """Return every class of facts of the compiler that names its declaration."""
    for module in pkgutil.walk_packages(bdc.__path__, "bdc."):
        if "__main__" not in module.name:
            import_module(module.name)
    found, todo = [], [Fact]
    while todo:
        todo += (below := todo.pop().__subclasses__())
        found += [each for each in below if hasattr(each, "DIAGNOSTIC")]
    return found


def test_every_code_has_its_page_and_every_page_a_code() -> None:
    assert {declared.page for declared in DECLARED} == PAGES


def test_one_code_has_one_page() -> None:
    pages = {(declared.code, declared.slug) for declared in DECLARED}
    assert len(pages) == len({code for code, _ in pages})


def test_templates_take_what_the_facts_have() -> None:
    classes = facts()
    assert len(classes) > 120
    for each in classes:
        known = {name for name, _ in inspect.getmembers(each)} | {field.name for field in fields(each)}
        declared = each.DIAGNOSTIC
        taken = {
            name.partition("[")[0].partition(".")[0]
            for text in declared.templates
            for name in fields_of(text)
        }
        taken |= {field for field, _ in declared.also}
        assert taken <= known, (each.__name__, taken - known)


def test_no_other_place_names_a_code() -> None:
    listed = {declared.code for declared in DECLARED}
    for folder in ("compiler/bdc", "emitters/bdc_emitters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            codes = {
                node.value
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and CODE.fullmatch(node.value)
            }
            relative = path.relative_to(ROOT / folder).as_posix()
            if relative.startswith(NAMES_CODES):
                assert codes <= listed, relative
            else:
                assert codes == set(), relative


def test_words_are_plain() -> None:
    for declared in DECLARED:
        for template in declared.templates:
            assert template == template.strip() and "  " not in template.replace("}}  ", "}} "), declared.code
        assert declared.title and declared.title[-1] not in ".!", declared.code
