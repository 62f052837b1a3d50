"""`deny … via` reads the same everywhere: the emitted matrix, whose judge reads the rules by itself, agrees with every surface.

The grove has it for each action, through an optional reference, in chains with and without an action, beside a scope, and with
roles by claim, by relation and by rows of a membership.
"""

from pathlib import Path

import pytest

from bdc.policy.matrix import Matrix
from bdc.stack import Server
from tests.runtime.ward_world import WITHOUT_ROW_SECURITY
from tests.support.emitted import build, compiled, run_tests

SPEC = Path(__file__).parent / "grove"


def security(out: Path, server: Server, *arguments: str, **environment: str) -> None:
    outcome = run_tests(
        out, ["tests/security", *arguments], TEST_DATABASE_URL=server.superuser_url, **environment
    )
    outcome.require_all_passed()


@pytest.mark.long
@pytest.mark.postgres
def test_every_surface_agrees_with_the_matrix(tmp_path: Path, postgres_server: Server) -> None:
    security(build(SPEC, tmp_path / "out"), postgres_server, "-k", "matrix")


@pytest.mark.long
@pytest.mark.postgres
def test_each_layer_alone_agrees_with_the_matrix(tmp_path: Path, postgres_server: Server) -> None:
    script = tmp_path / "without_row_security.sql"
    script.write_text(WITHOUT_ROW_SECURITY, encoding="utf-8")
    off = {"TEST_AFTER_MIGRATION": str(script)}
    security(build(SPEC, tmp_path / "statements"), postgres_server, "-k", "not test_sql", **off)
    security(build(SPEC, tmp_path / "rows", inline_policies=False), postgres_server)


@pytest.mark.parametrize(
    ("entity", "action", "role", "said"),
    [
        ("Plot", "delete", "visitor", "never"),
        ("Plot", "delete", "worker", "always"),
        ("Plot", "delete", "chief", "never"),
        ("Plot", "update", "auditor", "always"),
        ("Tree", "read", "worker", "never"),
        ("Tree", "read", "chief", "always"),
        ("Tree", "fell", "worker", "not (not (plot.forest.owner == actor))"),
        ("Note", "delete", "visitor", "never"),
        ("Note", "update", "worker", "not (plot != null and not (plot.forest.owner == actor))"),
    ],
)
def test_cells_say_what_a_denial_leaves(entity: str, action: str, role: str, said: str) -> None:
    cell = Matrix(compiled(SPEC)[1]).row(entity, action, role)
    assert (cell.condition or cell.verdict.value) == said


def test_permissions_refuse_only_callers_that_no_row_could_allow() -> None:
    matrix = Matrix(compiled(SPEC)[1])
    assert set(matrix.callers("Plot", "delete")) == {"worker", "chief", "auditor"}
    assert set(matrix.callers("Tree", "delete")) == {"visitor", "worker", "chief", "auditor"}
