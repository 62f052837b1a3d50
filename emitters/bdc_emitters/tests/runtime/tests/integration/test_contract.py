"""What the service says of itself is what is in the repository, and what it does."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Matrix, Rows

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "api/documentation/openapi.json").read_text(encoding="utf-8"))


def test_the_served_description_is_the_emitted_one(backend: Backend) -> None:
    assert backend.call("GET", "/openapi.json").json() == DOCUMENT


def test_liveness_readiness_metrics_and_documentation_answer(backend: Backend) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/docs"):
        assert backend.call("GET", path).status_code == 200, path


def test_an_unknown_path_and_an_unknown_method_are_problems(backend: Backend) -> None:
    missing = backend.call("GET", "/no-such-path")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    path = next(path for path, item in DOCUMENT["paths"].items() if "get" in item and "{" not in path)
    wrong = backend.call("TRACE", path)
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, item in DOCUMENT["paths"].items()
        if "get" in item and "{" not in path and {} not in item["get"].get("security", [{}])
    ],
)
def test_reading_without_a_token_is_refused_where_nobody_may(backend: Backend, path: str) -> None:
    answer = backend.call("GET", path)
    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


def test_lists_hold_what_they_promise(backend: Backend, matrix: Matrix) -> None:
    """Every list, walked page by page with the smallest page, yields each readable row once."""
    Rows(backend.database, matrix).restore()
    for entity, facts in matrix.entities.items():
        single = facts["rest"].get("read")
        collection = single and single["path"].partition("/{")[0]
        if not single or "get" not in DOCUMENT["paths"].get(collection, {}) or len(facts["new"]["a"]) == 0:
            continue
        for caller in matrix.document["callers"]:
            judged = [cell for cell in matrix.cells(entity, "read") if cell["caller"] == caller]
            if len(judged) < sum(row["entity"] == entity for row in matrix.rows.values()):
                continue  # who may read some of the rows depends on more than is known here
            readable = {row_key(matrix, cell["row"]) for cell in judged if cell["allowed"]}
            claims = matrix.claims(caller)
            if claims is not None and readable:
                assert walk(backend, collection, claims, matrix, entity) == sorted(readable), (entity, caller)


def row_key(matrix: Matrix, name: str) -> str:
    return "/".join(str(part) for part in matrix.rows[name]["path"].values())


def walk(backend: Backend, path: str, claims: dict[str, Any], matrix: Matrix, entity: str) -> list[str]:
    keys = list(next(row for row in matrix.rows.values() if row["entity"] == entity)["path"])
    found: list[str] = []
    cursor = ""
    for _ in range(100):
        answer = backend.call(
            "GET", f"{path}?limit=1" + (f"&cursor={cursor}" if cursor else ""), None, claims
        )
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += ["/".join(str(item[key]) for key in keys) for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return sorted(found)
    raise AssertionError("the last page never came")
