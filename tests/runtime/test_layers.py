"""Every layer of policy holds alone: the emitted tests of policy against a backend that has lost one of them.

Once row level security is switched off in the database, so that only the statements and the service protect the rows; once the
statements hold no policy, so that only row level security does. The verdicts are those of the whole backend both times.
"""

from pathlib import Path

import pytest

from bdc.stack import Server
from tests.runtime.ward_world import SPEC as WARD
from tests.runtime.ward_world import WITHOUT_ROW_SECURITY
from tests.support.emitted import Outcome, build, run_tests
from tests.support.shop import SPEC as SHOP

pytestmark = pytest.mark.postgres

SPECS = pytest.mark.parametrize(
    "spec", [pytest.param(SHOP, marks=pytest.mark.long), WARD], ids=["shop", "ward"]
)


def judged(out: Path, server: Server, *arguments: str, **environment: str) -> Outcome:
    return run_tests(
        out,
        ["tests/security", "tests/e2e", *arguments],
        TEST_DATABASE_URL=server.superuser_url,
        **environment,
    )


def surfaces(outcome: Outcome) -> set[str]:
    """The surfaces on which the matrix was tried."""
    return {
        name.partition("::test_")[2].partition("[")[0]
        for name in outcome.results
        if "test_permission_matrix" in name
    }


def without(folder: Path) -> str:
    """Write the script that switches row level security off, and return its path."""
    script = folder / "without_row_security.sql"
    script.write_text(WITHOUT_ROW_SECURITY, encoding="utf-8")
    return str(script)


@SPECS
def test_statements_and_service_hold_without_row_security(
    spec: Path, tmp_path: Path, postgres_server: Server
) -> None:
    out = build(spec, tmp_path / "out")
    outcome = judged(out, postgres_server, "-k", "not test_sql", TEST_AFTER_MIGRATION=without(tmp_path))
    outcome.require_all_passed()
    assert {"rest", "graphql"} <= surfaces(outcome)


@pytest.mark.long
@SPECS
def test_row_security_holds_without_policy_in_the_statements(
    spec: Path, tmp_path: Path, postgres_server: Server
) -> None:
    out = build(spec, tmp_path / "out", inline_policies=False)
    outcome = judged(out, postgres_server)
    outcome.require_all_passed()
    assert {"sql", "rest", "graphql"} <= surfaces(outcome)


@pytest.mark.long
def test_with_both_gone_the_matrix_says_so(tmp_path: Path, postgres_server: Server) -> None:
    """What the tests above rest on: the emitted tests do notice rows that nothing protects."""
    out = build(WARD, tmp_path / "out", inline_policies=False)
    outcome = judged(out, postgres_server, "-k", "read", TEST_AFTER_MIGRATION=without(tmp_path))
    failed = {name.partition("::")[2] for name, result in outcome.results.items() if result == "failed"}
    assert {f"test_{surface}[Patient-read]" for surface in ("sql", "rest", "graphql")} <= failed
