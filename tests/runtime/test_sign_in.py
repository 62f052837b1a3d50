"""Sign-in of a running service: tokens, their refusal, and what ends a session."""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("signin", tmp_path_factory.mktemp("signin")) as found:
        yield found


@pytest.fixture(scope="module")
def http(up: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=up.backend.url, timeout=30) as found:
        yield found


def _new(http: httpx.Client, email: str) -> dict[str, Any]:
    body = {"email": email, "name": "New", "motto": "hush", "password": PASSWORD}
    answer = http.post("/v1/auth/sign-up", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _bearer(opened: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {opened['access_token']}"}


def test_a_session_from_sign_up_to_sign_out(http: httpx.Client) -> None:
    opened = _new(http, "bob@example.com")
    note = http.post("/v1/notes", json={"text": "mine"}, headers=_bearer(opened))
    assert note.status_code == 201, note.text
    told = http.get("/v1/auth/session", headers=_bearer(opened)).json()
    assert (told["user"], told["roles"]) == (opened["user"], ["member"])
    credentials = {"email": "bob@example.com", "password": PASSWORD}
    again = http.post("/v1/auth/sign-in", json=credentials)
    assert again.status_code == 200
    assert again.headers["cache-control"] == "no-store"
    assert http.get("/v1/notes", headers=_bearer(again.json())).json()["items"][0]["text"] == "mine"
    assert http.post("/v1/auth/sign-out", headers=_bearer(opened)).status_code == 204
    assert http.get("/v1/notes", headers=_bearer(opened)).status_code == 401
    assert http.get("/v1/notes", headers=_bearer(again.json())).status_code == 200


def test_a_refresh_token_that_comes_again_ends_its_session(http: httpx.Client) -> None:
    first = _new(http, "cora@example.com")
    token = {"refresh_token": first["refresh_token"]}
    second = http.post("/v1/auth/refresh", json=token)
    assert second.status_code == 200
    assert http.get("/v1/notes", headers=_bearer(second.json())).status_code == 200
    assert http.post("/v1/auth/refresh", json=token).status_code == 401
    assert http.get("/v1/notes", headers=_bearer(second.json())).status_code == 401
    latest = {"refresh_token": second.json()["refresh_token"]}
    assert http.post("/v1/auth/refresh", json=latest).status_code == 401


def test_a_row_that_is_not_active_or_gone_counts_at_once(up: Running, http: httpx.Client) -> None:
    opened = _new(http, "dora@example.com")
    with client_of(up, "demo.ann", "admin") as admin:
        row = f"/v1/accounts/{opened['user']}"
        assert admin.patch(row, json={"disabled": True}).status_code == 200
        assert http.get("/v1/notes", headers=_bearer(opened)).status_code == 401
        assert (
            http.post("/v1/auth/refresh", json={"refresh_token": opened["refresh_token"]}).status_code == 401
        )
        body = {"email": "dora@example.com", "password": PASSWORD}
        assert http.post("/v1/auth/sign-in", json=body).status_code == 401
        assert admin.patch(row, json={"disabled": False, "level": "admin"}).status_code == 200
        assert http.get("/v1/auth/session", headers=_bearer(opened)).json()["roles"] == ["admin"]
        assert admin.delete(row).status_code == 204
    assert http.get("/v1/notes", headers=_bearer(opened)).status_code == 401


def test_unknown_and_wrong_have_one_answer_and_one_time(http: httpx.Client) -> None:
    _new(http, "eve@example.com")
    answers, times = [], []
    for email in ("eve@example.com", "nobody@example.com"):
        best = 1e9
        for _ in range(3):
            begun = time.perf_counter()
            answer = http.post("/v1/auth/sign-in", json={"email": email, "password": "wrong wrong wrong"})
            best = min(best, time.perf_counter() - begun)
        problem = answer.json()
        problem.pop("request_id")
        answers.append((answer.status_code, problem))
        times.append(best)
    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    assert max(times) < 5 * min(times)


def test_guessing_waits_and_a_session_goes_on(http: httpx.Client) -> None:
    opened = _new(http, "fay@example.com")
    wrong = {"email": "fay@example.com", "password": "wrong wrong wrong"}
    codes = [http.post("/v1/auth/sign-in", json=wrong).status_code for _ in range(8)]
    assert 429 in codes
    assert http.get("/v1/notes", headers=_bearer(opened)).status_code == 200
    assert http.post("/v1/auth/refresh", json={"refresh_token": opened["refresh_token"]}).status_code == 200


def test_another_password_ends_other_sessions(http: httpx.Client) -> None:
    opened = _new(http, "gil@example.com")
    other = http.post("/v1/auth/sign-in", json={"email": "gil@example.com", "password": PASSWORD}).json()
    change = {"current": "not this one", "password": "another long password"}
    assert http.post("/v1/auth/password", json=change, headers=_bearer(opened)).status_code == 422
    change["current"] = PASSWORD
    assert http.post("/v1/auth/password", json=change, headers=_bearer(opened)).status_code == 204
    assert http.get("/v1/notes", headers=_bearer(opened)).status_code == 200
    assert http.get("/v1/notes", headers=_bearer(other)).status_code == 401


def test_a_hash_is_nowhere_to_be_read(up: Running, http: httpx.Client) -> None:
    opened = _new(http, "hal@example.com")
    with client_of(up, "demo.ann", "admin") as admin:
        row = admin.get(f"/v1/accounts/{opened['user']}")
        asked = admin.post("/graphql", json={"query": "{ accounts { items { id passwordHash } } }"})
        assert asked.json()["errors"]
        for path in ("/v1/accounts", "/v1/accounts?search=hal", "/openapi.json", "/metrics"):
            assert "argon2" not in admin.get(path).text
    assert "password_hash" not in row.text
    assert not http.post("/v1/auth/sign-up", json={"email": 1, "password": PASSWORD}).text.count(PASSWORD)


def test_own_keys_are_published(http: httpx.Client) -> None:
    _new(http, "ida@example.com")
    (key,) = http.get("/.well-known/jwks.json").json()["keys"]
    assert (key["kty"], key["alg"]) == ("EC", "ES256")
    assert "d" not in key


def test_a_new_key_is_published_before_it_signs_and_the_old_one_goes_on_verifying(up: Running) -> None:
    def key_of(opened: dict[str, Any]) -> str:
        head = opened["access_token"].split(".")[0]
        found: str = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]
        return found

    def later(change: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(up.settings.admin_url)
            await connection.execute(change)
            await connection.close()

        asyncio.run(run())
        up.restart()

    with httpx.Client(base_url=up.backend.url, timeout=30) as http:
        old = _new(http, "jim@example.com")
        later("update app.signing_key set at = now() - interval '31 days'")
        between = _new(http, "kit@example.com")
        keys = [each["kid"] for each in http.get("/.well-known/jwks.json").json()["keys"]]
        assert (len(keys), key_of(between)) == (2, key_of(old))
        later(f"update app.signing_key set at = now() - interval '20 minutes' where id <> '{key_of(old)}'")
        new = _new(http, "lea@example.com")
        assert key_of(new) in keys
        assert key_of(new) != key_of(old)
        for opened in (old, between, new):
            assert http.get("/v1/notes", headers=_bearer(opened)).status_code == 200


TOKENS = "accessToken tokenType expiresIn refreshToken"
UP = f"mutation($input: SignUpInput!) {{ signUp(input: $input) {{ {TOKENS} user }} }}"
IN = f"mutation($email: String!, $password: String!) {{ signIn(email: $email, password: $password) {{ {TOKENS} }} }}"


def _asked(http: httpx.Client, document: str, token: str = "", **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = http.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def test_a_session_over_graphql(http: httpx.Client) -> None:
    new = {"email": "kim@example.com", "name": "Kim", "motto": "hush", "password": PASSWORD}
    opened = _asked(http, UP, input=new)["data"]["signUp"]
    assert opened["tokenType"] == "Bearer" and opened["user"]
    notes = 'mutation { createNote(input: {text: "mine"}) { text } }'
    bearer = {"Authorization": f"Bearer {opened['accessToken']}"}
    made = http.post("/graphql", json={"query": notes}, headers=bearer).json()
    assert made == {"data": {"createNote": {"text": "mine"}}}
    other = _asked(http, IN, email="kim@example.com", password=PASSWORD)["data"]["signIn"]
    change = 'mutation($new: String!) { changePassword(current: "correct horse battery", password: $new) }'
    assert (
        _asked(http, change, opened["accessToken"], new="short")["errors"][0]["extensions"]["status"] == 422
    )
    done = _asked(http, change, opened["accessToken"], new="another long password")
    assert done == {"data": {"changePassword": True}}
    note = {"Authorization": f"Bearer {other['accessToken']}"}
    assert http.get("/v1/notes", headers=note).status_code == 401
    again = "mutation($old: String!) { refreshSession(refreshToken: $old) { accessToken refreshToken } }"
    fresh = _asked(http, again, old=opened["refreshToken"])["data"]["refreshSession"]
    token = fresh["accessToken"]
    assert _asked(http, "mutation { signOut(everywhere: true) }", token) == {"data": {"signOut": True}}
    assert http.get("/v1/notes", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    reused = _asked(http, again, old=opened["refreshToken"])
    assert reused["errors"][0]["extensions"]["code"] == "refresh-refused"
    alone = _asked(http, "mutation { signOut }")
    assert alone["errors"][0]["extensions"]["code"] == "unauthenticated"


def test_guessing_over_graphql_is_guessing(http: httpx.Client) -> None:
    """Attempts in one document, in several and over REST count together, and unknown and wrong have one answer."""
    _new(http, "lee@example.com")
    refused = []
    for email in ("lee@example.com", "no-one@example.com"):
        (error,) = _asked(http, IN, email=email, password="wrong wrong wrong")["errors"]
        assert error.pop("path") == ["signIn"]
        refused.append(error)
    assert refused[0] == refused[1]
    assert refused[0]["extensions"]["code"] == "sign-in-refused"
    attempts = " ".join(
        f'a{n}: signIn(email: "lee@example.com", password: "wrong {n} wrong wrong") {{ user }}'
        for n in range(8)
    )
    found = _asked(http, f"mutation {{ {attempts} }}")
    codes = [error["extensions"]["code"] for error in found["errors"]]
    assert codes[0] == "sign-in-refused" and codes[-1] == "too-many-requests"
    body = {"email": "lee@example.com", "password": PASSWORD}
    assert http.post("/v1/auth/sign-in", json=body).status_code == 429


def test_a_header_that_nothing_looks_at_is_no_caller(tmp_path: Path) -> None:
    """Sign-up and sign-in count calls by their address: `Authorization: x` does not count for another caller, or for none."""
    with served("signin", tmp_path, LIMITS_RATE="3", LIMITS_RATE_SECONDS="60") as up:
        url, headers = f"{up.backend.url}/v1/auth/refresh", {"authorization": "x"}
        answers = [httpx.post(url, json={"refresh_token": "x"}, headers=headers) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
