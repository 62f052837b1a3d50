"""Tokens that must not open anything."""

import base64
import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.support.backend import ISSUER, KEY_ID, Backend
from tests.support.matrix import Matrix, path_of


def refused(backend: Backend, path: str, token: str) -> None:
    answer = backend.http.get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401, (token, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.fixture(scope="module")
def path(matrix: Matrix) -> str:
    """A path that takes a token: of a collection, else of one row."""
    for facts in matrix.entities.values():
        if facts["list"] and facts["list"]["credential"] == "bearer":
            return str(facts["list"]["path"])
    for name, facts in matrix.entities.items():
        row = next((row for row in matrix.rows.values() if row["entity"] == name), None)
        read = facts["rest"].get("read")
        if read and row and read["credential"] == "bearer":
            return path_of(read, row)
    pytest.skip("nothing that can be read takes a token")


@pytest.fixture(scope="module")
def claims(matrix: Matrix) -> dict[str, Any]:
    return next(
        claims for claims in reversed(list(matrix.document["callers"].values())) if claims is not None
    )


def test_the_honest_one_is_accepted(backend: Backend, path: str, claims: dict[str, Any]) -> None:
    assert backend.call("GET", path, None, claims).status_code in (200, 403, 404)


@pytest.mark.parametrize(
    "change",
    [{"exp": 1}, {"nbf": 4_000_000_000}, {"iss": "somebody-else"}, {"aud": "something-else"}, {"sub": None}],
    ids=lambda change: next(iter(change)),
)
def test_wrong_claims(backend: Backend, path: str, claims: dict[str, Any], change: dict[str, Any]) -> None:
    refused(backend, path, backend.tokens.mint({**claims, **change}))


def test_another_key_with_our_key_id(backend: Backend, path: str, claims: dict[str, Any]) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": KEY_ID})
    payload = {
        **claims,
        "iss": ISSUER,
        "aud": backend.tokens.audience,
        "exp": 4_000_000_000,
        "iat": 1,
        "nbf": 1,
    }
    refused(backend, path, jwt.encode({"alg": "ES256", "kid": KEY_ID}, payload, stranger))


def test_no_signature_and_a_symmetric_one(backend: Backend, path: str, claims: dict[str, Any]) -> None:
    head, body, _ = backend.tokens.mint(claims).split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": KEY_ID}).encode()).rstrip(b"=").decode()
    refused(backend, path, f"{none}.{body}.")
    refused(backend, path, f"{head}.{body}.")
    public = OctKey.import_key(backend.tokens.jwks.read_bytes())
    payload = {**claims, "iss": ISSUER, "aud": backend.tokens.audience, "exp": 4_000_000_000}
    refused(backend, path, jwt.encode({"alg": "HS256", "kid": KEY_ID}, payload, public))


def test_what_is_no_token_at_all(backend: Backend, path: str) -> None:
    for text in ("x", "a.b", "a.b.c", "." * 10, "é"):
        answer = backend.http.get(path, headers=[(b"Authorization", f"Bearer {text}".encode())])
        assert answer.status_code == 401, text
