"""Paths that lead to the row of the caller: each caller meets its own row there, as far as the policy lets it."""

import pytest

from tests.security.test_permission_matrix import as_expected, outcome
from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix, told_apart

# An api sees callers whose credentials it does not take as anonymous, which is a cell of its own.
CELLS = [cell for cell in load_matrix().document["singles"] if told_apart(cell, cell)]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell['method']}-{cell['path']}-{cell['caller']}")
def test_the_row_of_the_caller(backend: Backend, matrix: Matrix, rows: Rows, cell: Data) -> None:
    claims = matrix.claims(cell["caller"])
    if cell["row"] is not None and not rows.known([cell]):
        pytest.skip(rows.refused.get(cell["row"], "a row that it depends on is refused"))
    answer = backend.call(
        cell["method"], cell["path"], cell.get("body"), claims, credential=cell["credential"]
    )
    assert as_expected(cell, cell, *outcome(answer)), answer.text
    if claims is None:
        assert answer.status_code == 401
    if cell["action"] == "read" and answer.status_code == 200:
        row, found = matrix.rows[cell["row"]], answer.json()
        path = {name: found[name] for name in row["path"] if name in found}
        assert path == {name: row["path"][name] for name in path}
    if cell["action"] != "read" and answer.status_code < 300:
        rows.restore()
