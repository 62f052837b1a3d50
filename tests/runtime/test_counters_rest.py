"""Several apis of one service: each takes its own credentials and counts its own calls."""

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served(
        "counters", tmp_path_factory.mktemp("counters"), LIMITS_RATE="30", CORS_ORIGINS="https://app.test"
    ) as found:
        yield found


@pytest.fixture(scope="module")
def key(up: Running) -> str:
    """The key of a partner."""
    claims = up.state.actors["development.ann"]
    program = [sys.executable, "-m", "services.security.api_keys"]
    done = subprocess.run(
        [*program, "create", "--claim", f"id={claims['sub']}", "--role", "partner"],
        cwd=up.out,
        env={**os.environ, "MIGRATION_DATABASE_URL": up.settings.admin_url},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_each_api_takes_its_own_credentials(up: Running, key: str) -> None:
    with client_of(up, "development.ann", "clerk") as clerk, httpx.Client(base_url=up.backend.url) as anyone:
        assert clerk.get("/desk/rates").status_code == 200
        assert clerk.get("/partners/deals").status_code == 401
        assert clerk.get("/public/branches").status_code == 401
        partner = {"x-partner-key": key}
        assert anyone.get("/desk/rates", headers=partner).status_code == 401
        assert anyone.get("/public/branches", headers=partner).status_code == 200
        answer = anyone.post(
            "/partners/graphql", json={"query": "{ deals { nodes { id } } }"}, headers=partner
        )
        assert "data" in answer.json(), answer.text


def test_each_api_counts_its_own_calls(up: Running, key: str) -> None:
    with httpx.Client(base_url=up.backend.url, headers={"x-partner-key": key}) as partner:
        seen = [partner.get("/partners/deals") for _ in range(6)]
        assert {answer.headers["ratelimit-limit"] for answer in seen if answer.status_code == 200} == {"5"}
        assert seen[-1].status_code == 429
        assert partner.get("/public/branches").headers["ratelimit-limit"] == "30"
    with client_of(up, "development.ann", "clerk") as clerk:
        assert clerk.get("/desk/rates").headers["ratelimit-limit"] == "600"


def test_a_browser_may_send_the_header_of_the_keys(up: Running) -> None:
    asked = httpx.options(f"{up.backend.url}/v1/tickets", headers={"origin": "https://app.test"})
    assert "x-partner-key" in asked.headers["access-control-allow-headers"].split(", ")
