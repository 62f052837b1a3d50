"""Global ids in GraphQL: `node` finds exactly the rows that the field of their type finds, for the same callers."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from api.graphql.nodes import CLASSES
from tests.security.test_permission_matrix import ask_graphql
from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix, told_apart

ONE = "query($id: ID!) { node(id: $id) { id ... on Node { again: id } __typename } }"
SOME = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
# The schema is asked for too, so that resolvers answer where introspection is on.
RESOLVED = "query($id: ID!) { node(id: $id) { id __typename } __schema { queryType { name } } }"


# How the tests know what can be found → the entity that its ids name.
FOUND: dict[str, str] = {name: name for name in CLASSES}


def global_id(entity: str, row: Data) -> str:
    """Return the id that the schema gives a row."""
    text = json.dumps([FOUND[entity], *row["key"].values()], default=str)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


CALLS = {name: facts["graphql"].get("read") for name, facts in load_matrix().entities.items()}
READ = [name for name in FOUND if CALLS.get(name) is not None]


@pytest.mark.parametrize("entity", READ)
def test_an_id_finds_what_the_type_finds(backend: Backend, matrix: Matrix, rows: Rows, entity: str) -> None:
    call = CALLS[entity]
    for cell in rows.known(matrix.cells(entity, "read")):
        if not told_apart(cell, call):
            continue
        typed = ask_graphql(backend, matrix, call, cell)
        there = (typed.get("data") or {}).get(call["field"]) is not None
        given = {"id": global_id(entity, matrix.rows[cell["row"]])}
        found = _asked(backend, matrix, cell, call, ONE, given)
        assert (found is not None) is there, (cell, found)
        if found is None:
            continue
        assert found["id"] == found["again"], cell
        known = {"id": found["id"]}
        assert _asked(backend, matrix, cell, call, ONE, known) == found
        several = {"ids": [found["id"], "nothing", found["id"]]}
        assert _asked(backend, matrix, cell, call, SOME, several) == [known, None, known]
        resolved = _asked(backend, matrix, cell, call, RESOLVED, known)
        assert resolved in (None, {**known, "__typename": found["__typename"]}), cell


@pytest.mark.parametrize("entity", READ[:1])
def test_what_is_no_id_finds_nothing(backend: Backend, matrix: Matrix, entity: str) -> None:
    call = CALLS[entity]
    claims = next((each for each in matrix.document["callers"].values() if each is not None), None)
    texts = ["", "?", "bm90aGluZw", "W10", "WyJOb3RoaW5nIiwgMV0", "WzEsIDJd", "e30", "\u0000", "x" * 5000]
    answer = backend.graphql(SOME, {"ids": texts}, claims, at=call["at"], credential=call["credential"])
    assert answer.get("data") == {"nodes": [None] * len(texts)}, answer
    for one in ('"nothing"', "99999999999999999999"):  # one value stands for a list of it
        text = f"{{ nodes(ids: {one}) {{ id }} }}"
        alone = backend.graphql(text, {}, claims, at=call["at"], credential=call["credential"])
        assert alone.get("data") == {"nodes": [None]}, alone


def _asked(backend: Backend, matrix: Matrix, cell: Data, call: Data, text: str, given: Data) -> Any:
    claims = matrix.claims(cell["caller"])
    answer = backend.graphql(text, given, claims, at=call["at"], credential=call["credential"])
    data = answer.get("data") or {}
    return data.get("node", data.get("nodes"))
