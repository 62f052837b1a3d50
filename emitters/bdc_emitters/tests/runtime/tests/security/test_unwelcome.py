"""What a service has to live through: documents that cost more than they ask for, bodies that never end, keys of others, and
credentials that are tried one after the other. It runs after the tests of tokens: these use up what one address may get wrong."""

import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix

MATRIX = load_matrix()
GRAPHQL = MATRIX.document["graphqls"] if "graphqls" in MATRIX.document else [MATRIX.document["graphql"]]
GRAPHQL = [path for path in GRAPHQL if path]
CREATED = [
    (entity, caller)
    for entity, facts in MATRIX.entities.items()
    if "create" in facts["rest"]
    for caller in [
        next((c["caller"] for c in MATRIX.cells(entity, "create") if c["allowed"] and c["row"] == "a"), "")
    ]
    if caller and MATRIX.claims(caller)
]
# Where something that can be read takes credentials.
GUESSED = [
    MATRIX.entities[row["entity"]]["rest"]["read"]["path"].format(**row["path"])
    for row in MATRIX.document["rows"]
    if any(MATRIX.document["callers"].values())
    and MATRIX.entities.get(row["entity"], {}).get("rest", {}).get("read", {}).get("credential")
][:1]
BOMB = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(20))
DOCUMENTS = {
    "more than 128 KiB": "{ __typename }" + "#" * 131_072,
    "more than 5,000 tokens": "{ " + "__typename " * 5_100 + "}",
    "fragments that are not used": "{ __typename } " + " ".join(f"fragment U{n} on Query {{ __typename }}" for n in range(600)),
    "fragments in a circle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "fragments that double": "{ ...F0 } " + BOMB + " fragment F20 on Query { __typename }",
    "aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(1_000)) + " }",
    "one field again and again": "{ " + "__typename " * 2_000 + "}",
    "deep nesting": "{ " + "... { " * 1_500 + "__typename" + " }" * 1_500 + " }",
    "directives": "{ __typename " + "@include(if: true) " * 700 + "}",
    "operations": " ".join(f"query Q{n} {{ __typename }}" for n in range(900)),
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(1_000)) + ") { __typename }",
    "unknown fields": "{ " + " ".join(f"x{n}" for n in range(900)) + " }",
    "a long number": "{ __typename(x: " + "9" * 50_000 + ") }",
    "deep introspection": "{ __schema { types { " + "fields { type { " * 12 + "name" + " } }" * 12 + " } } }",
}  # fmt: skip


@pytest.fixture(scope="module")
def claims(matrix: Matrix) -> Data | None:
    callers: list[Data] = [found for found in matrix.document["callers"].values() if found is not None]
    return callers[-1] if callers else None


def healthy(backend: Backend, within: float = 1.0) -> None:
    """The service answers somebody else, soon: the best of a few tries, for machines that are busy."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        assert backend.http.get("/readyz").status_code == 200
        times.append(time.perf_counter() - began)
    assert min(times) < within, times


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("path", GRAPHQL)
def test_documents_that_cost_too_much(backend: Backend, claims: Data | None, path: str, kind: str) -> None:
    began = time.perf_counter()
    answer = backend.call("POST", path, {"query": DOCUMENTS[kind]}, claims)
    assert answer.status_code < 500, answer.text
    assert answer.json()["errors"], answer.text
    assert answer.json().get("data") is None
    assert time.perf_counter() - began < 5
    healthy(backend)


def test_bodies_and_headers_that_never_end(backend: Backend, matrix: Matrix, claims: Data | None) -> None:
    paths = [
        facts["rest"]["create"]["path"] for facts in matrix.entities.values() if "create" in facts["rest"]
    ]
    path = next((path for path in (*paths, *GRAPHQL) if "{" not in path), "/")
    credentials = backend.credentials(claims, backend.kind_at(path)) if claims is not None else {}
    begun = [f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", "Content-Length: 100000"]
    begun += [f"{name}: {value}" for name, value in credentials.items()]
    unfinished = ["", f"GET {path} HT", "\r\n".join(begun), "\r\n".join([*begun, "", '{"a": '])]
    with ExitStack() as stack:
        for number in range(200):
            connection = stack.enter_context(connected(backend))
            connection.sendall(unfinished[number % len(unfinished)].encode("latin-1"))
        healthy(backend)


@contextmanager
def connected(backend: Backend) -> Iterator[socket.socket]:
    address = urlsplit(backend.url)
    connection = socket.create_connection((address.hostname or "127.0.0.1", address.port or 80), timeout=10)
    try:
        yield connection
    finally:
        connection.close()


@pytest.mark.parametrize(("entity", "caller"), CREATED, ids=lambda value: str(value))
def test_the_idempotency_key_of_another_caller(
    backend: Backend, matrix: Matrix, entity: str, caller: str
) -> None:
    """The same key, the same body, another caller: never the stored answer."""
    rows, call, mine = (
        Rows(backend.database, matrix),
        matrix.entities[entity]["rest"]["create"],
        matrix.claims(caller),
    )
    assert mine is not None
    rows.restore()
    key, headers = f"unwelcome-{uuid.uuid4().hex}", call.get("headers", {})
    sent = {**headers, "Idempotency-Key": key}
    first = backend.call(call["method"], call["path"], call.get("body"), mine, **sent)
    assert first.status_code < 500, first.text
    for other in others(mine):
        answer = backend.call(call["method"], call["path"], call.get("body"), other, **sent)
        assert answer.status_code < 500, answer.text
        if answer.status_code < 300 and answer.content and first.status_code < 300:
            assert answer.content != first.content
    rows.restore()


def others(claims: Data) -> Iterator[Data | None]:
    """Yield callers who are not the one of `claims`: nobody, somebody else, and one whose key looks like his with more in it."""
    yield None
    subject: Any = claims.get("sub")
    if isinstance(subject, int):
        yield {**claims, "sub": subject + 1}
    elif isinstance(subject, str) and is_uuid(subject):
        yield {**claims, "sub": str(uuid.uuid4())}
    elif isinstance(subject, str):
        yield from ({**claims, "sub": text} for text in (f"{subject}/", f"{subject}/x", f"x/{subject}"))


def is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("path", GUESSED, ids=lambda path: "rest")
def test_credentials_that_come_twice(backend: Backend, path: str, claims: Data) -> None:
    """What stands before the service may have looked at the other ones."""
    name, honest = next(iter(backend.credentials(claims, backend.kind_at(path)).items()))
    answer = backend.http.get(path, headers=[(name, honest), (name, honest)])
    assert answer.status_code == 400, answer.text
    assert backend.call("GET", path, None, claims).status_code != 400


@pytest.mark.parametrize("path", GUESSED, ids=lambda path: "rest")
def test_credentials_that_are_guessed(backend: Backend, path: str, claims: Data) -> None:
    """Sooner or later an address that gets them wrong is told to wait; good credentials from there go on working."""
    name, honest = next(iter(backend.credentials(claims, backend.kind_at(path)).items()))
    seen = []
    for number in range(300):
        answer = backend.http.get(path, headers={name: f"{honest[:-8]}{number:08}"})
        seen.append(answer.status_code)
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) >= 1
            break
    assert set(seen[:-1]) <= {401}, seen
    assert seen[-1] == 429, seen
    assert backend.call("GET", path, None, claims).status_code not in (401, 429)
