"""`bdc policy`: the matrix, why a case is decided, one row decided by PostgreSQL, and what another version changes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from tests.support.shop import SPEC

SMALL = """\
bds 1
module small

entity Person {
  id: uuid = uuid7() @id
  name: string(1..80)
}

entity Note {
  id: uuid = uuid7() @id
  text: string(1..200)
  secret: bool = false
  owner: Person
}

identity Person {
  bearer jwt { issuer: "me"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role member
role author on Note when owner == actor

policy Person {
  allow read to member
}

policy Note {
  allow read to member when not secret
  allow read, update to author
  deny update to author when secret because "secrets are frozen"
}

seed base {
  ann: Person = { name: "Ann" }
  bob: Person = { name: "Bob" }
  open: Note = { text: "open", owner: ann }
  hidden: Note = { text: "hidden", secret: true, owner: bob }
}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "small.bds").write_text(SMALL, encoding="utf-8")
    return tmp_path


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, ["policy", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_matrix_as_text_html_and_data(spec: Path) -> None:
    text = run("matrix", spec, "--entity", "Note").output
    assert "read    if[1]" in text and "[1] not secret" in text and "owner == actor" in text
    page = run("matrix", spec, "--format", "html").output
    assert "<script" not in page and "http" not in page and "Note.allow.read.1" in page
    cells = json.loads(run("matrix", spec, "--format", "json").output)["matrix"]
    assert {"entity": "Person", "action": "read", "role": "member"}.items() <= cells[0].items()
    assert run("matrix", spec, "--entity", "Nothing").exit_code == exits.USAGE


def test_why_names_the_rules_with_their_lines() -> None:
    found = run("why", SPEC, "--op", "Order.update", "--role", "member")
    assert found.exit_code == 0
    assert "Order.update as member: conditionally" in found.output
    assert "allow update to member when old.status in [draft, placed]  (policy.bds:54)" in found.output
    data = json.loads(run("why", SPEC, "--op", "Order.pay", "--role", "member", "--json").output)
    assert data["answer"] == "never" and data["rules"][0]["applies"] is False
    wrong = run("why", SPEC, "--op", "Order.explode")
    assert wrong.exit_code == exits.USAGE and "place" in wrong.output


@pytest.mark.postgres
def test_a_row_is_decided_by_the_database(spec: Path) -> None:
    told = json.loads(
        run(
            "why", spec, "--op", "Note.update", "--as", "bob", "--role", "member", "--row", "hidden", "--json"
        ).output
    )
    assert told["answer"] == "denied"
    held = {rule["text"]: rule["holds"] for rule in told["rules"]}
    assert held == {
        "allow read, update to author": True,
        "deny update to author when secret": True,
    }


def test_diff_says_which_callers_gain_and_lose_with_an_example(spec: Path, tmp_path: Path) -> None:
    other = tmp_path / "new"
    other.mkdir()
    (other / "small.bds").write_text(
        SMALL.replace("allow read to member when not secret", "allow read to member"), encoding="utf-8"
    )
    old = spec / "small.bds"
    found = run("diff", old, other)
    assert found.exit_code == exits.CHANGES
    assert "+ Note" in found.output and "member" in found.output
    data = json.loads(run("diff", old, other, "--json").output)["changes"]
    assert data[0]["gains"] and data[0]["example"].get("secret") == "true"
    same = run("diff", old, old)
    assert same.exit_code == 0 and "no caller gains or loses access" in same.output
