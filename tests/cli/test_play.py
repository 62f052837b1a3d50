"""`bdc test`: what it says of a specification's own tests, and that each kind of step is asked of a real service."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.cli.playing import as_data, show, write_junit
from bdc.source import SourceFile
from bdc.stack.playing import Played
from tests.support.specs import ROOT

LENDING = ROOT / "tests" / "systems" / "lending" / "lending.bds"
RESULTS = (
    Played("a", "passed", "x.bds:1", 0.5),
    Played("b", "failed", "x.bds:2", 0.25, expected="this to be true", got='state is "lent"'),
    Played("c", "skipped", "x.bds:3", reason="no api offers get of Loan"),
)
_BROKEN = """
test "an event that is not there" {
  as desk.lib with librarian
  expect event Reminded { title: "x" }  // failed: no event Reminded
}

test "a value" {
  given l = Loan { number: 1, member: desk.ann, title: "Dune", until: now() }
  as desk.lib with librarian
  expect l.title == "Emma"  // failed: title is "Dune"
}

test "a right" {
  given l = Loan { number: 1, member: desk.ann, title: "Dune", until: now() }
  as desk.ann with member
  expect allow give_back l  // failed: 403
}

test "an error" {
  given l = Loan { number: 1, member: desk.ann, title: "Dune", until: now() }
  as desk.lib with librarian
  expect error AlreadyBack from l.give_back()  // failed: 200
}

test "a row" {
  given l = Loan { number: 1, member: desk.ann, title: "Dune", until: now() }
  given m = Loan { number: 1, member: desk.ann, title: "Dune", until: now() }  // failed: duplicate key
}

test "an event that is there" {
  at "2026-01-01T00:00:00Z"
  given l = Loan { number: 1, member: desk.ann, title: "Dune", until: "2025-01-01T00:00:00Z" }
  as desk.lib with librarian
  do l.give_back()
  expect no event LoanReturned  // failed: event LoanReturned
}
"""


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["test", *arguments])
    return done.exit_code, done.output


def test_a_specification_without_tests_says_so() -> None:
    code, told = _run(str(ROOT / "tests" / "systems" / "counter"))
    assert (code, "has no `test` block" in told) == (exits.OK, True)


def test_a_name_that_no_test_has_is_refused_with_the_nearest() -> None:
    code, told = _run(str(LENDING.parent), "--only", "a loan comes back twice")
    assert (code, "`a loan comes back once`" in told) == (exits.USAGE, True)


def test_the_report_shows_the_line_and_what_came(capsys: pytest.CaptureFixture[str]) -> None:
    for each in RESULTS:
        show(each, [SourceFile("x.bds", "one\n  expect l.state == back\nthree\n")])
    told = capsys.readouterr().out
    assert "✗ b" in told and "2 │ expect l.state == back" in told
    assert "expected this to be true" in told and 'got      state is "lent"' in told
    assert "skipped: no api offers get of Loan" in told


def test_data_and_junit_say_the_same(tmp_path: Path) -> None:
    assert {name: as_data(RESULTS)[name] for name in ("passed", "failed", "skipped")} == {
        "passed": 1,
        "failed": 1,
        "skipped": 1,
    }
    write_junit(RESULTS, "lending", tmp_path / "deep" / "report.xml")
    suite = ElementTree.parse(tmp_path / "deep" / "report.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    assert [child.tag for case in suite for child in case] == ["failure", "skipped"]


@pytest.mark.long
@pytest.mark.postgres
def test_time_jobs_and_events() -> None:
    code, told = _run(str(LENDING.parent), "--json")
    assert code == exits.OK, told
    assert {each["status"] for each in json.loads(told)["tests"]} == {"passed"}


@pytest.mark.long
@pytest.mark.postgres
def test_each_failure_names_its_line(tmp_path: Path) -> None:
    text = LENDING.read_text(encoding="utf-8").partition("\ntest ")[0] + _BROKEN
    (tmp_path / "lending.bds").write_text(text, encoding="utf-8")
    expected = {
        number: found[1]
        for number, line in enumerate(text.splitlines(), 1)
        if (found := re.search("// failed: (.*)", line)) is not None
    }
    code, told = _run(str(tmp_path), "--json")
    results = json.loads(told)["tests"]
    assert code == exits.SPEC
    assert {each["line"] for each in results} == set(expected)
    for each in results:
        assert expected[each["line"]] in each["got"], each
