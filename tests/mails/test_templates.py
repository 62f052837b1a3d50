"""Templates of mails are read beside the specification, judged with its parameters, and written with examples."""

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.pipeline import compile_system
from bdc.project import load_project
from bdc.source import SourceFile
from bdc.source.beside import named_files
from tests.support.specs import ROOT

SPEC = """bds 1
module shop

entity User { id: uuid = uuid7() @id }

identity User {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "shop"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role member

policy User { allow read to member }

mail Welcome(to: string(3..200), name: string(1..80), count: int?, at: timestamp?) {
  from: env("MAIL_FROM")
  subject: "Hello {{ name }}"  // a } and a "text
  text: "mails/welcome.txt"
  html: "mails/welcome.html"
}

api Shop v1 { auth bearer  resource User { ops get } }
"""


def _told(text: str = "Hello", html: str = "<p>Hello</p>") -> list[str]:
    beside = (("mails/welcome.txt", text), ("mails/welcome.html", html))
    found = compile_system((SourceFile("shop.bds", SPEC, beside),)).diagnostics
    assert all(each.code == "E444" for each in found)
    return [f"{each.message}: {each.primary.text if each.primary else ''}" for each in found]


def test_templates_are_found_beside_the_specification() -> None:
    assert named_files(SPEC) == ("mails/welcome.txt", "mails/welcome.html")
    sink = DiagnosticSink()
    system = compile_system(load_project(ROOT / "tests/systems/postbox", sink).files).system
    assert system is not None
    said = {job.name: job.mail.text for job in system.mails if job.mail is not None}
    assert "{{ weight }} kg" in said["ParcelCame"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ name }} {{ name | upper }} {{ count or 0 }}",
        "{% if at %}{{ at.strftime('%d.%m.%Y') }}{% endif %}",
        "{% set other = name %}{{ other }}",
        "{% for letter in name %}{{ loop.index }}{{ letter }}{% endfor %}",
        "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(name) }}",
    ],
)
def test_what_can_be_written_is_taken(text: str) -> None:
    assert _told(text, text) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\n{{ nmae }}", "line 2: no parameter `nmae`"),
        ("{% if nmae %}{% endif %}", "line 1: no parameter `nmae`"),
        ("{% if name %}", "line 1: "),
        ("{% include 'other.txt' %}", "a template stands alone"),
        ("{% extends 'other.txt' %}", "a template stands alone"),
        ("{% from 'other.txt' import x %}", "a template stands alone"),
        ("{{ name | safe }}", "`safe` lets markup of callers in"),
        ("{{ name | nothing }}", "nothing"),
        ("{{ range(3) }}", "no parameter `range`"),
        ("{{ name.__class__.__mro__ }}", "it fails"),
        ("{{ count * 2 }}", "where `count`, `at` is null, it fails"),
        ("{{ at.year }}", "where `count`, `at` is null, it fails"),
        ("{{ name.nothing.more }}", "it fails"),
    ],
)
def test_what_cannot_be_written_is_told(text: str, why: str) -> None:
    for told in (_told(text=text), _told(html=text)):
        assert len(told) == 1
        assert why in told[0]


def test_a_document_without_files_is_not_judged() -> None:
    assert compile_system((SourceFile("shop.bds", SPEC),)).diagnostics == ()
