"""What surrounds every request of the running shop: credentials, limits, headers, health, and a database that goes away."""

import time

import httpx
import pytest

from bdc.stack import start
from bdc.stack.backend import free_port, migrate, serve
from bdc.stack.up import UpOptions, service_settings
from tests.runtime.conftest import Shop, Starter
from tests.runtime.story import problem

Client = httpx.Client


def test_nobody_is_told_to_say_who_he_is(nobody: Client) -> None:
    answer = nobody.get("/v1/orders")
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer x", "Basic eDp5", "Bearer a.b.c", "Bearer " + "a" * 9000]
)
def test_bad_credentials_are_never_nobody(given: str, nobody: Client) -> None:
    answer = nobody.get("/v1/orders", headers={"authorization": given})
    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer error=")


def test_an_expired_token_says_so(running: Shop, starter: Starter) -> None:
    from bdc.stack.up import ISSUER, up_state

    claims = up_state(starter.system, running.backend.url, starter.keys).actors["acme.ann"]
    token = starter.keys.mint(claims, issuer=ISSUER, audience="shop", lifetime=-60)
    answer = running.client().get("/v1/orders", headers={"authorization": f"Bearer {token}"})
    assert "expired" in problem(answer, 401, "unauthenticated")["detail"]


def test_an_api_key_works_until_it_is_revoked(running: Shop, starter: Starter) -> None:
    import os
    import subprocess
    import sys

    from bdc.stack.up import up_state

    claims = up_state(starter.system, running.backend.url, starter.keys).actors["acme.ann"]

    def keys(*arguments: str) -> str:
        command = [sys.executable, "-m", "services.security.api_keys", *arguments]
        environment = {**os.environ, "MIGRATION_DATABASE_URL": running.settings.admin_url}
        done = subprocess.run(
            command, cwd=running.out, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    key = keys(
        "create", "--claim", f"id={claims['sub']}", "--claim", f"org={claims['org']}", "--role", "member"
    )
    client = running.client()
    assert client.get("/v1/orders", headers={"x-api-key": key}).status_code == 200
    problem(client.get("/v1/orders", headers={"x-api-key": key[:-1] + "!"}), 401, "unauthenticated")
    problem(client.get("/v1/orders", headers={"x-api-key": key[:-1] + "_"}), 401, "unauthenticated")
    prefix = key.rpartition("_")[0] if key.count("_") == 2 else "_".join(key.split("_")[:2])
    assert key not in keys("list")
    assert prefix in keys("list")
    assert keys("revoke", prefix) == "revoked"
    fresh = starter.start()
    problem(fresh.client().get("/v1/orders", headers={"x-api-key": key}), 401, "unauthenticated")


def test_what_is_too_much_or_not_understood_is_refused(member: Client) -> None:
    json_type = {"content-type": "application/json"}
    problem(member.post("/v1/orders", content=b"{}"), 415, "unsupported-media-type")
    problem(member.post("/v1/orders", content=b"{", headers=json_type), 400, "malformed-request")
    large = b'{"note":"' + b"x" * 1_100_000 + b'"}'
    problem(member.post("/v1/orders", content=large, headers=json_type), 413, "payload-too-large")
    chunks = (b"x" * 100_000 for _ in range(12))
    problem(member.post("/v1/orders", content=chunks, headers=json_type), 413, "payload-too-large")
    problem(member.get("/v1/orders", headers={"x-long": "x" * 40_000}), 431, "headers-too-large")
    refused = member.put("/v1/orders", json={})
    problem(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "GET, POST"
    problem(member.get("/v1/nothing"), 404, "not-found")
    problem(member.get("/v1/orders/"), 404, "not-found")


def test_every_answer_tells_browsers_to_be_careful(nobody: Client) -> None:
    for path in ("/v1/orders", "/healthz", "/nothing", "/docs"):
        headers = nobody.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_other_origins_are_answered_only_when_they_are_listed(starter: Starter) -> None:
    client = starter.start(CORS_ORIGINS="https://app.test").client()
    listed = client.options("/v1/orders", headers={"origin": "https://app.test"})
    assert listed.status_code == 204
    assert listed.headers["access-control-allow-origin"] == "https://app.test"
    assert "POST" in listed.headers["access-control-allow-methods"]
    other = client.get("/v1/orders", headers={"origin": "https://evil.test"})
    assert "access-control-allow-origin" not in other.headers


def test_a_caller_who_calls_too_often_is_told_to_wait(starter: Starter) -> None:
    shop = starter.start(LIMITS_RATE="5", LIMITS_RATE_SECONDS="60")
    member, other = shop.client("acme.ann", "member"), shop.client("globex.eve", "member")
    left = [member.get("/v1/orders").headers["ratelimit-remaining"] for _ in range(5)]
    assert left == ["4", "3", "2", "1", "0"]
    refused = member.get("/v1/orders")
    problem(refused, 429, "too-many-requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert other.get("/v1/orders").status_code == 200


def test_health_documents_and_metrics(running: Shop, nobody: Client, member: Client) -> None:
    assert nobody.get("/healthz").json() == {"status": "alive"}
    assert nobody.get("/readyz").json() == {"status": "ready"}
    member.get("/v1/orders")
    text = nobody.get("/metrics").text
    assert 'http_server_request_duration_seconds_count{method="GET",route="/v1/orders",status="200"}' in text
    assert "db_client_connections_max 10.0" in text
    assert nobody.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert nobody.get("/docs").status_code == 200


def test_without_its_database_the_service_lives_says_so_and_comes_back(starter: Starter) -> None:
    server = start()
    settings = service_settings(
        starter.system, server.superuser_url, starter.keys, UpOptions(port=free_port())
    )
    migrate(starter.out, settings, seed=True)
    log = starter.out.parent / "gone.log"
    with (
        serve(starter.out, settings, log) as backend,
        httpx.Client(base_url=backend.url, timeout=20) as client,
    ):
        from bdc.stack.up import ISSUER, up_state

        claims = {
            **up_state(starter.system, backend.url, starter.keys).actors["acme.ann"],
            "roles": ["member"],
        }
        token = starter.keys.mint(claims, issuer=ISSUER, audience="shop", lifetime=600)
        client.headers["authorization"] = f"Bearer {token}"
        assert client.get("/v1/orders").status_code == 200
        server.stop()
        began = time.monotonic()
        for _ in range(3):
            refused = client.get("/v1/orders")
            problem(refused, 503, "unavailable")
            assert int(refused.headers["retry-after"]) >= 1
        assert time.monotonic() - began < 10
        problem(client.get("/readyz"), 503, "unavailable")
        assert client.get("/healthz").status_code == 200
