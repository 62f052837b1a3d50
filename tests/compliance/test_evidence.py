"""Evidence: what it names is there, a report says what ran, and a person can be exported and erased."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import Any

import pytest

import tests
from bdc_emitters.compliance.controls import CONTROLS, PEOPLE
from bdc_emitters.compliance.stride import THREATS
from tests.ops.rendered import build
from tests.query.shop import TEMPLATES
from tests.support.postgres import Database, Databases, run

_ORG = "00000000-0000-7000-8000-0000000000a0"
_USER = "00000000-0000-7000-8000-0000000000a1"
_OTHER = "00000000-0000-7000-8000-0000000000a2"
ROWS = f"""
insert into org (id, name, slug) values ('{_ORG}', 'Acme', 'acme-x');
insert into "user" (org_id, id, email, name) values
  ('{_ORG}', '{_USER}', 'dora@example.test', 'Dora Findable'), ('{_ORG}', '{_OTHER}', 'otto@example.test', 'Otto Kept');
insert into customer (org_id, id, user_id, email, name) select '{_ORG}', gen_random_uuid(), '{_USER}', 'dora' || n || '@example.test', 'Dora Findable'
  from generate_series(1, 2) n;
"""


@pytest.fixture(scope="module", params=("shop", "operated"))
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(request.param, tmp_path_factory.mktemp(request.param))


def test_every_place_and_every_test_is_there(out: Path) -> None:
    from bdc.inspection import TOOLS

    tools = {f"tool:{tool.name}" for tool in TOOLS}
    document = json.loads((out / "compliance/evidence.json").read_text(encoding="utf-8"))
    assert {row["status"] for row in document["controls"]} == {"not-verified", "manual"}, "nothing ran yet"
    for row in document["controls"]:
        assert [place for place in row.get("places", ()) if not (out / place).exists()] == [], row["id"]
        for test in row.get("tests", ()):
            path, _, name = test.partition("::")
            assert test in tools or f"def {name or 'test'}" in (out / path).read_text(encoding="utf-8"), test


def test_threats_name_controls() -> None:
    known = {control.id for control in CONTROLS}
    assert {control.id for control in CONTROLS} >= PEOPLE
    assert all(not control.tests for control in CONTROLS if control.id in PEOPLE)
    assert {name for threat in THREATS for name in threat.control.split(", ") if name} <= known
    assert all(threat.residual for threat in THREATS)


def test_a_report_says_what_ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passed, failed, skipped and absent tests end in three statuses; a control without a run is not verified."""
    shop = build("shop", tmp_path)
    monkeypatch.setattr(tests, "__path__", [*tests.__path__, str(shop / "tests")])
    module: Any = importlib.import_module("tests.evidence")
    results = module.outcomes(_junit(tmp_path))
    assert module.result("tests/security/test_tokens.py", results, {}) == "passed", (
        "a skipped case beside others"
    )
    assert module.result("tests/unit/test_statements.py", results, {}) == "not run"
    assert module.result("tests/e2e/test_scenarios.py::test_scenario", results, {}) == "failed"
    assert module.result("tool:bandit", results, {"bandit": "missing"}) == "not run"
    assert [module.status(each) for each in (["passed"], ["passed", "not run"], ["failed", "not run"], [])] == [
        "verified", "not-verified", "failed", "not-verified",
    ]  # fmt: skip
    command = [sys.executable, "-m", "tests.evidence", "--junit", str(tmp_path / "results.xml")]
    done = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)
    report = json.loads((shop / "compliance/report.json").read_text(encoding="utf-8"))
    states = {row["id"]: row["status"] for row in report["controls"]}
    assert done.returncode == 0 and states["tokens"] == "verified" and states["injection"] == "not-verified"
    del sys.modules["tests.evidence"]


def _junit(folder: Path) -> Path:
    path = folder / "results.xml"
    path.write_text(
        """<testsuites><testsuite>
        <testcase classname="tests.security.test_tokens" name="test_wrong_claims[a]"/>
        <testcase classname="tests.security.test_tokens" name="test_wrong_claims[b]"><skipped/></testcase>
        <testcase classname="tests.unit.test_statements" name="test_every"><skipped/></testcase>
        <testcase classname="tests.e2e.test_scenarios" name="test_scenario[x]"><failure/></testcase>
        </testsuite></testsuites>""",
        encoding="utf-8",
    )
    return path


def test_a_person_leaves(tmp_path: Path, databases: Databases) -> None:
    """Before: every row of hers is exported. After: her texts are nowhere in the database, and others are as they were."""
    shop = build("shop", tmp_path)
    database = databases.fresh(next(iter(TEMPLATES.values())))
    run(database.execute(ROWS))
    exported = _psql(database, shop / "compliance/export.sql")
    rows = [json.loads(line) for line in exported.splitlines() if line.startswith("{")]
    assert [row["entity"] for row in rows].count("Customer") == 2 and "User" in {
        row["entity"] for row in rows
    }
    _psql(database, shop / "compliance/erase.sql")
    left = _dump(database)
    assert "dora" not in left.lower() and "Otto Kept" in left


def _psql(database: Database, script: Path) -> str:
    command = [
        _program(),
        database.superuser_url,
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-v",
        f"user_key={_USER}",
        "-v",
        f"tenant={_ORG}",
        "-f",
        str(script),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _dump(database: Database) -> str:
    tables = run(
        database.fetch("select schemaname, tablename from pg_tables where schemaname in ('public', 'app')")
    )
    found = ""
    for row in tables:
        texts = run(database.fetch(f'select t::text from "{row["schemaname"]}"."{row["tablename"]}" t'))
        found += "\n".join(str(text["t"]) for text in texts)
    return found


def _program() -> str:
    found = which("psql")
    if found is None:
        pytest.skip("not run: psql is not installed")
    return found
