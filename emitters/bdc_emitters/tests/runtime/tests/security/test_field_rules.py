"""Fields with rules of their own: who sees them, who sees a mask, who may write them, over REST and GraphQL."""

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix

ENTITIES = load_matrix().entities
CELLS = load_matrix().document["fields"]
READ = [cell for cell in CELLS if cell["seen"] is not None and "read" in ENTITIES[cell["entity"]]["rest"]]
WRITTEN = [
    cell
    for cell in CELLS
    if cell["written"] is not None and cell["field"] in ENTITIES[cell["entity"]]["update_members"]
]


def label(cell: Data) -> str:
    return f"{cell['entity']}.{cell['field']}-{cell['caller']}-{cell['row']}"


@pytest.fixture(scope="module", autouse=True)
def rows(backend: Backend, matrix: Matrix) -> Rows:
    found = Rows(backend.database, matrix)
    found.restore()
    return found


@pytest.mark.parametrize("cell", READ, ids=label)
def test_reading(backend: Backend, matrix: Matrix, cell: Data) -> None:
    call = matrix.entities[cell["entity"]]["rest"]["read"]
    row = matrix.rows[cell["row"]]
    answer = backend.call("GET", call["path"].format(**row["path"]), None, matrix.claims(cell["caller"]))
    assert answer.status_code == 200, answer.text
    stored = row["columns"].get(cell["field"])
    assert answer.json()[cell["field"]] == (stored if cell["seen"] else cell["mask"])


@pytest.mark.parametrize("cell", WRITTEN, ids=label)
def test_writing(backend: Backend, matrix: Matrix, rows: Rows, cell: Data) -> None:
    call = matrix.entities[cell["entity"]]["rest"]["update"]
    row = matrix.rows[cell["row"]]
    path = call["path"].format(**row["path"])
    answer = backend.call("PATCH", path, {cell["field"]: cell["example"]}, matrix.claims(cell["caller"]))
    assert answer.status_code == (200 if cell["written"] else 403), answer.text
    if answer.status_code == 200:
        rows.restore()
