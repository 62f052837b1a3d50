"""Plans at the declared load: PostgreSQL chooses as it would with that many rows, and an index that is offered has been tried."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.plans.judge import problems

SPEC = """\
bds 1
module big

entity Team @tenant_root {
  id: uuid = uuid7() @id
  name: string(1..80)
}

entity Person {
  id: uuid = uuid7() @id
  team: Team @tenant @immutable
  name: string(1..80)
}

entity Note {
  id: uuid = uuid7() @id
  team: Team @tenant @immutable
  code: string(1..20)
  author: Person @unindexed
  made_at: timestamp = now()
  index (team, made_at desc)
}

identity Person {
  bearer jwt { issuer: "me"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim team: uuid = "team"
  claim roles: string[] = "roles"
}

role member

policy Team { allow read to member when id == actor.team }
policy Person {
  scope team == actor.team
  allow read to member
}
policy Note {
  scope team == actor.team
  allow read to member
}

api Big v1 at "/v1" {
  auth bearer
  resource Note at "/notes" {
    ops list, get
    page cursor(default: 20, max: 100)
    filter code, author
    sort made_at
  }
}
"""
LOAD = """
load {
  Team: 10 rows
  Person: 10_000 rows
  Note: 20_000_000 rows
}
"""


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.postgres
def test_reads_without_an_index_are_found_and_the_index_is_tried(tmp_path: Path) -> None:
    (tmp_path / "big.bds").write_text(SPEC + LOAD, encoding="utf-8")
    found = json.loads(run("plan-of", "--spec", tmp_path, "--json").stdout)["plans"]
    told = {plan["request"]: plan for plan in found}
    code = told["GET /v1/notes?code=word"]
    assert "20,000,000 rows" in code["problems"][0] and code["index"] == "index (team, code)"
    assert code["cost_with_index"] * 100 < code["cost"]
    served = [
        plan for name, plan in told.items() if "sort" in name or "{id}" in name or name == "GET /v1/notes"
    ]
    assert len(served) == 4 and all(plan["problems"] == [] and plan["cost"] < 1000 for plan in served)


def test_plans_need_declared_rows(tmp_path: Path) -> None:
    (tmp_path / "big.bds").write_text(SPEC, encoding="utf-8")
    assert run("check", tmp_path, "--plans").exit_code == exits.USAGE
    wrong = run("plan-of", "Note.lst", "--spec", tmp_path)
    assert wrong.exit_code == exits.USAGE and "Note.list" in wrong.output


def test_only_big_scans_and_sorts_are_problems() -> None:
    scan = {"Node Type": "Seq Scan", "Relation Name": "note", "Plan Rows": 5, "Total Cost": 9.0}
    sort = {"Node Type": "Sort", "Plan Rows": 20, "Total Cost": 9.0, "Plans": [scan | {"Plan Rows": 50_000}]}
    assert problems(scan, {"note": 99}) == ()
    assert [each.kind for each in problems(scan, {"note": 1_000_000})] == ["scan"]
    assert [each.kind for each in problems(sort, {"note": 99})] == ["sort"]
    assert [each.kind for each in problems(scan | {"Total Cost": 1e6}, {"note": 5000})] == ["cost"]
