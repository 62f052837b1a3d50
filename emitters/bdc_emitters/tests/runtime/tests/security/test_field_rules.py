"""Fields with rules of their own: who sees them, who sees a mask, who may write them, over REST and GraphQL."""

from typing import Any

import httpx
import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix, path_of, told_apart

ENTITIES = load_matrix().entities
CELLS = load_matrix().document["fields"]
READ = [
    cell
    for cell in CELLS
    if cell["seen"] is not None and told_apart(cell, ENTITIES[cell["entity"]]["rest"].get("read"))
]
WRITTEN = [
    cell
    for cell in CELLS
    if cell["written"] is not None
    and cell["field"] in ENTITIES[cell["entity"]]["update_members"]
    and told_apart(cell, ENTITIES[cell["entity"]]["rest"].get("update"))
]


def label(cell: Data) -> str:
    return f"{cell['entity']}.{cell['field']}-{cell['caller']}-{cell['row']}"


def ask(
    backend: Backend, matrix: Matrix, rows: Rows, cell: Data, action: str, body: Any = None
) -> httpx.Response:
    """Make the call as the caller of the cell; skip it where it cannot be told apart or its row is not there."""
    if not rows.known([cell]):
        pytest.skip(rows.refused.get(cell["row"], "a row that it depends on is refused"))
    call = matrix.entities[cell["entity"]]["rest"][action]
    return backend.call(
        call["method"],
        path_of(call, matrix.rows[cell["row"]]),
        body,
        matrix.claims(cell["caller"]),
        credential=call["credential"],
    )


@pytest.mark.parametrize("cell", READ, ids=label)
def test_reading(backend: Backend, matrix: Matrix, rows: Rows, cell: Data) -> None:
    row = matrix.rows[cell["row"]]
    answer = ask(backend, matrix, rows, cell, "read")
    assert answer.status_code == 200, answer.text
    stored = row["columns"].get(cell["column"])
    assert answer.json()[cell["member"]] == (stored if cell["seen"] else cell["mask"])


@pytest.mark.parametrize("cell", WRITTEN, ids=label)
def test_writing(backend: Backend, matrix: Matrix, rows: Rows, cell: Data) -> None:
    answer = ask(backend, matrix, rows, cell, "update", {cell["member"]: cell["example"]})
    assert answer.status_code == (200 if cell["written"] else 403), answer.text
    if answer.status_code == 200:
        rows.restore()
