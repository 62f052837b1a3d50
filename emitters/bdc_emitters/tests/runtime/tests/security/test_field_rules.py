"""Fields with rules of their own: who sees them, who sees a mask, who may write them, over REST and GraphQL."""

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix

CELLS = load_matrix().document["fields"]


def label(cell: Data) -> str:
    return f"{cell['entity']}.{cell['field']}-{cell['caller']}-{cell['row']}"


@pytest.fixture(scope="module", autouse=True)
def rows(backend: Backend, matrix: Matrix) -> Rows:
    found = Rows(backend.database, matrix)
    found.restore()
    return found


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell["seen"] is not None], ids=label)
def test_reading(backend: Backend, matrix: Matrix, cell: Data) -> None:
    call = matrix.entities[cell["entity"]]["rest"].get("read")
    if call is None:
        pytest.skip("REST does not offer this entity")
    row = matrix.rows[cell["row"]]
    answer = backend.call("GET", call["path"].format(**row["key"]), None, matrix.claims(cell["caller"]))
    assert answer.status_code == 200, answer.text
    stored = row["columns"].get(cell["field"])
    assert answer.json()[cell["field"]] == (stored if cell["seen"] else cell["mask"])


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell["written"] is not None], ids=label)
def test_writing(backend: Backend, matrix: Matrix, rows: Rows, cell: Data) -> None:
    call = matrix.entities[cell["entity"]]["rest"].get("update")
    if call is None or not updates(matrix, cell):
        pytest.skip("REST does not let anybody write this field")
    row = matrix.rows[cell["row"]]
    path = call["path"].format(**row["key"])
    answer = backend.call("PATCH", path, {cell["field"]: cell["example"]}, matrix.claims(cell["caller"]))
    assert answer.status_code == (200 if cell["written"] else 403), answer.text
    if answer.status_code == 200:
        rows.restore()


def updates(matrix: Matrix, cell: Data) -> bool:
    members: list[str] = matrix.entities[cell["entity"]]["update_members"]
    return cell["field"] in members
