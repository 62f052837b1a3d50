"""What the service says of itself is what is in the repository, and what it does."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Matrix, Rows, names_of, path_of, told_apart

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "api/documentation/openapi.json").read_text(encoding="utf-8"))


def test_the_served_description_is_the_emitted_one(backend: Backend) -> None:
    assert backend.call("GET", "/openapi.json").json() == DOCUMENT


def test_liveness_readiness_metrics_and_documentation_answer(backend: Backend) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/docs"):
        assert backend.call("GET", path).status_code == 200, path


def test_an_unknown_path_is_a_problem(backend: Backend) -> None:
    missing = backend.call("GET", "/no-such-path")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("path", [path for path in DOCUMENT["paths"] if "{" not in path][:1])
def test_an_unknown_method_is_a_problem(backend: Backend, path: str) -> None:
    wrong = backend.call("TRACE", path)
    assert wrong.status_code == 405
    offered = {name.upper() for name in DOCUMENT["paths"][path]} & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert offered <= {name.strip() for name in wrong.headers["allow"].split(",")}


@pytest.mark.parametrize(
    "path",
    [
        path
        for path, item in DOCUMENT["paths"].items()
        if "get" in item and "{" not in path and {} not in item["get"].get("security", DOCUMENT["security"])
    ],
)
def test_reading_without_a_token_is_refused_where_nobody_may(backend: Backend, path: str) -> None:
    answer = backend.call("GET", path)
    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers


def test_lists_hold_what_they_promise(backend: Backend, matrix: Matrix, rows: Rows) -> None:
    """Every list, walked page by page with the smallest page, yields each readable row once."""
    for entity, facts in matrix.entities.items():
        present = [
            row["name"]
            for row in matrix.rows.values()
            if row["entity"] == facts.get("stored", entity) and row["name"] not in rows.refused
        ]
        for caller in matrix.document["callers"] if facts["list"] and present else ():
            judged = [cell for cell in rows.known(matrix.cells(entity, "read")) if cell["caller"] == caller]
            if {cell["row"] for cell in judged} != set(present):
                continue  # which of the rows a caller may read depends on more than is known here
            readable = {
                row_key(matrix, cell["row"], facts["list"])
                for cell in judged
                if cell["allowed"]
                and not cell.get("unwritable")
                and listed(matrix, cell["row"], facts["list"])
            }
            if readable and told_apart(judged[0], facts["list"]) and matrix.claims(caller) is not None:
                assert walk(backend, facts["list"], caller, matrix, present[0]) == sorted(readable), (
                    entity,
                    caller,
                )


def listed(matrix: Matrix, name: str, call: dict[str, Any]) -> bool:
    """Whether a row stands under those that the path of the list names."""
    return "template" not in call or path_of(call, matrix.rows[name], "template") == call["path"]


def own_names(path: dict[str, Any], call: dict[str, Any]) -> list[str]:
    """Return what names a row in its path, beside the rows that it stands under."""
    return [name for name in path if f"{{{name}}}" not in call.get("template", "")]


def row_key(matrix: Matrix, name: str, call: dict[str, Any]) -> str:
    path = names_of(call, matrix.rows[name])
    return "/".join(str(path[part]) for part in own_names(path, call))


def walk(backend: Backend, call: dict[str, Any], caller: str, matrix: Matrix, row: str) -> list[str]:
    keys = own_names(names_of(call, matrix.rows[row]), call)
    found: list[str] = []
    further = ""
    for _ in range(200):
        path = f"{call['path']}?limit=1" + (f"&{further}" if further else "")
        answer = backend.call("GET", path, None, matrix.claims(caller), credential=call["credential"])
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += ["/".join(str(item[key]) for key in keys) for item in page["items"]]
        if page.get("next_cursor"):
            further = f"cursor={page['next_cursor']}"
        elif "next_cursor" in page or not page["items"]:
            return sorted(found)
        else:  # pages by offset
            further = f"offset={len(found)}"
    raise AssertionError("the last page never came")
