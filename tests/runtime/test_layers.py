"""Every layer of policy holds alone: the emitted tests of policy against a backend that has lost one of them.

Once row level security is switched off in the database, so that only the statements and the service protect the rows; once the
statements hold no policy, so that only row level security does. The verdicts are those of the whole backend both times.
"""

from pathlib import Path

import pytest

from bdc.stack import Server
from tests.support.emitted import Outcome, build, run_tests
from tests.support.shop import SPEC

pytestmark = pytest.mark.postgres

WARD = Path(__file__).parent / "ward"
SPECS = pytest.mark.parametrize("spec", [SPEC, WARD], ids=["shop", "ward"])

WITHOUT_ROW_SECURITY = """
do $$ declare each regclass; begin
  for each in select oid from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace loop
    execute format('alter table %s no force row level security', each);
    execute format('alter table %s disable row level security', each);
  end loop;
end $$
"""


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


@SPECS
def test_statements_and_service_hold_without_row_security(
    spec: Path, tmp_path: Path, postgres_server: Server
) -> None:
    script = tmp_path / "without_row_security.sql"
    script.write_text(WITHOUT_ROW_SECURITY, encoding="utf-8")
    out = build(spec, tmp_path / "out")
    outcome = judged(out, postgres_server, "-k", "not test_sql", TEST_AFTER_MIGRATION=str(script))
    outcome.require_all_passed()
    assert {"rest", "graphql"} <= surfaces(outcome)


@SPECS
def test_row_security_holds_without_policy_in_the_statements(
    spec: Path, tmp_path: Path, postgres_server: Server
) -> None:
    out = build(spec, tmp_path / "out", inline_policies=False)
    outcome = judged(out, postgres_server)
    outcome.require_all_passed()
    assert {"sql", "rest", "graphql"} <= surfaces(outcome)
