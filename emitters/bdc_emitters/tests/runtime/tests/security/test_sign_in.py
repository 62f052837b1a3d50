"""Sign-in: what opens a session, what ends it, and what the service cannot read."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher

from tests.support.backend import Backend
from tests.support.matrix import Rows

FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "sign_in.json").read_text(encoding="utf-8"))
PASSWORD = "correct horse battery staple"
MOST_ROWS = 20


def _tokens(backend: Backend, login: str, password: str) -> Any:
    body = {FACTS["login"]: login, "password": password}
    return backend.call("POST", f"{FACTS['path']}/sign-in", body)


def _get(backend: Backend, token: str) -> Any:
    return backend.call("GET", f"{FACTS['path']}/session", Authorization=f"Bearer {token}")


@pytest.fixture(scope="module")
def login(backend: Backend, rows: Rows) -> str:
    """The login of a row that may sign in, with a password of ours."""
    database = backend.database
    hashed = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)
    add = f"insert into app.credential (user_key, hash) select {FACTS['key']}, $2 from {FACTS['table']} where {FACTS['key']}::text = $1"
    found = f"select {FACTS['key']}::text, {FACTS['column']} from {FACTS['table']} limit {MOST_ROWS}"
    for key, text in database.run(database.admin.fetch(found)):
        database.run(
            database.admin.execute(f"{add} on conflict (user_key) do update set hash = $2", key, hashed)
        )
        if _tokens(backend, text, PASSWORD).status_code == 200:
            return str(text)
    pytest.skip("no row of these tests may sign in")


def test_a_login_that_is_unknown_and_a_wrong_password_have_one_answer(backend: Backend, login: str) -> None:
    answers = [
        _tokens(backend, name, "this is not the password") for name in (login, "nothing-has-this-login")
    ]
    told = [(answer.status_code, answer.json() | {"request_id": ""}) for answer in answers]
    assert told[0] == told[1]
    assert told[0][0] == 401


def test_a_session_ends_when_it_is_signed_out(backend: Backend, login: str) -> None:
    token = _tokens(backend, login, PASSWORD).json()["access_token"]
    assert _get(backend, token).status_code == 200
    out = backend.call("POST", f"{FACTS['path']}/sign-out", None, Authorization=f"Bearer {token}")
    assert out.status_code == 204, out.text
    assert _get(backend, token).status_code == 401


@pytest.mark.skipif(not FACTS["refresh"], reason="sessions are not continued")
def test_a_refresh_token_that_comes_again_ends_its_session(backend: Backend, login: str) -> None:
    first = _tokens(backend, login, PASSWORD).json()
    path, body = f"{FACTS['path']}/refresh", {"refresh_token": first["refresh_token"]}
    second = backend.call("POST", path, body)
    assert second.status_code == 200, second.text
    assert backend.call("POST", path, body).status_code == 401
    assert _get(backend, second.json()["access_token"]).status_code == 401


@pytest.mark.skipif(not FACTS["graphql"], reason="GraphQL signs nobody in")
def test_graphql_signs_in_and_refuses_as_rest_does(backend: Backend, login: str) -> None:
    asked = FACTS["graphql"]
    document = (
        f"mutation($login: String!, $password: String!)"
        f" {{ tokens: {asked['field']}({asked['login']}: $login, password: $password) {{ accessToken }} }}"
    )

    def sign_in(password: str) -> Any:
        body = {"query": document, "variables": {"login": login, "password": password}}
        return backend.call("POST", asked["path"], body).json()

    token = sign_in(PASSWORD)["data"]["tokens"]["accessToken"]
    assert _get(backend, token).status_code == 200
    refused = sign_in("this is not the password")
    assert refused["data"]["tokens"] is None
    assert refused["errors"][0]["extensions"]["status"] == 401


def test_a_token_of_another_key_is_refused(backend: Backend, login: str) -> None:
    token = _tokens(backend, login, PASSWORD).json()["access_token"]
    head, payload, signature = token.split(".")
    assert _get(backend, f"{head}.{payload}.{signature[::-1]}").status_code == 401


@pytest.mark.parametrize("table", ["credential", "session", "refresh_token", "signing_key"])
def test_the_service_cannot_read_what_sign_in_keeps(backend: Backend, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        backend.database.run(backend.database.runtime.fetch(f"select * from app.{table}"))
