"""The audits of graphql-http, asked of systems that are unlike each other. `test_lists` asks them of one in the short run."""

from pathlib import Path

import pytest

from tests.support.graphql_audit import asked_and_missed
from tests.support.served import SYSTEMS, served_from

CASES = (
    (Path(__file__).parents[2] / "examples/shop", "acme.ann", "member"),
    (SYSTEMS / "signin", "demo.ann", "admin"),
    (SYSTEMS / "telemetry", "north.d1", "operator"),
)


@pytest.mark.postgres
@pytest.mark.tool
@pytest.mark.long
@pytest.mark.parametrize(("spec", "actor", "role"), CASES, ids=["shop", "signin", "telemetry"])
def test_graphql_over_http_passes_the_audit(spec: Path, actor: str, role: str, tmp_path: Path) -> None:
    with served_from(spec, tmp_path) as up:
        assert asked_and_missed(up.backend.url + "/graphql", up.token(actor, role)) == (61, [])
