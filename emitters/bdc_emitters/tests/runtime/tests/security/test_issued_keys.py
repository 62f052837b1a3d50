"""API keys that callers make for rows: shown once, kept as a hash, and good until they are revoked or expire."""

import re
from collections.abc import Iterator

import pytest

from services.about import SYSTEM
from services.security.identity import API_KEY_HEADER
from tests.security.test_permission_matrix import ask_rest
from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix, told_apart

MAKING = load_matrix().document["makes_keys"]
KEY = re.compile(rf"({SYSTEM}_row_[0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")
EVERYTHING = (
    "select to_jsonb(k)::text || coalesce(to_jsonb(i)::text, '') from app.api_key as k left join app.issued_key as i using (id)"
    " union all select to_jsonb(a)::text from app.audit_log as a union all select to_jsonb(d)::text from app.idempotency_key as d"
)


@pytest.fixture(params=MAKING, ids=lambda each: f"{each['entity']}-{each['action']}")
def made(
    request: pytest.FixtureRequest, backend: Backend, matrix: Matrix, rows: Rows
) -> Iterator[tuple[str, str]]:
    """The prefix of a new key, and the key, made by a caller that may."""
    entity, action = request.param["entity"], request.param["action"]
    call: Data = matrix.entities[entity]["rest"][action]
    tried = [
        cell
        for cell in rows.known(matrix.cells(entity, action))
        if cell["allowed"] and told_apart(cell, call) and not cell.get("unreadable")
    ]
    backend.database.run(
        backend.database.admin.execute("delete from app.api_key where prefix like '%\\_row\\_%'")
    )
    answers = [
        answer for cell in tried if (answer := ask_rest(backend, matrix, call, cell)).status_code < 300
    ]
    if not answers:
        pytest.skip("no caller of the matrix may make a key")
    found = KEY.search(answers[0].text)
    assert found, answers[0].text
    assert answers[0].headers["cache-control"] == "no-store"
    yield found[1], found[0]
    rows.restore()


def shown(backend: Backend, key: str) -> int:
    """Return the status of a request with a key: that of the first action on a row which an api takes keys for."""
    matrix = load_matrix()
    calls = [
        call for entity in matrix.entities.values() for call in entity["rest"].values() if call.get("api_key")
    ]
    path = re.sub(r"\{[^}]*\}", "0", calls[0]["path"])
    return backend.http.request(calls[0]["method"], path, headers={API_KEY_HEADER: key}).status_code


def change(backend: Backend, what: str, prefix: str) -> None:
    backend.database.run(
        backend.database.admin.execute(f"update app.api_key set {what} where prefix = $1", prefix)
    )


def test_a_key_is_stored_as_a_hash(backend: Backend, made: tuple[str, str]) -> None:
    prefix, key = made
    texts = [row[0] for row in backend.database.run(backend.database.admin.fetch(EVERYTHING))]
    assert any(prefix in text for text in texts)
    assert not [text for text in texts if key.removeprefix(f"{prefix}_") in text]
    assert key not in backend.log.read_text(encoding="utf-8", errors="replace")


def test_a_key_is_good_until_it_is_revoked(backend: Backend, made: tuple[str, str]) -> None:
    prefix, key = made
    assert shown(backend, key) != 401
    assert shown(backend, f"{key[:-1]}{'A' if key[-1] != 'A' else 'B'}") == 401
    change(backend, "revoked_at = now()", prefix)
    assert shown(backend, key) == 401


def test_a_key_ends_when_it_expires(backend: Backend, made: tuple[str, str]) -> None:
    prefix, key = made
    assert shown(backend, key) != 401
    change(backend, "expires_at = now()", prefix)
    assert shown(backend, key) == 401
