"""Every cell of the permission matrix, on every surface: SQL as the runtime role, REST and GraphQL.

The verdicts were computed from the rules when this project was built; the service enforces them by other means (predicates in
its statements, row level security, triggers). Each surface must agree with every cell.
"""

from collections.abc import Collection
from typing import Any

import httpx
import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix
from tests.support.sql_surface import try_sql

ACTIONS = load_matrix().actions
OFFERED = {
    surface: [
        (entity, action) for entity, action in ACTIONS if action in load_matrix().entities[entity][surface]
    ]
    for surface in ("rest", "graphql")
}
REFUSED = {401, 403, 404}
# What a caller who is allowed may still meet: the row is in the wrong state, or something else refers to it.
PERFORMED = {200, 201, 204, 409}
# What user code answers that was not written yet.
UNWRITTEN = 501


def name(value: Any) -> str:
    return str(value)


@pytest.fixture(scope="module")
def rows(backend: Backend, matrix: Matrix) -> Rows:
    found = Rows(backend.database, matrix)
    found.restore()
    return found


@pytest.mark.parametrize(("entity", "action"), ACTIONS, ids=name)
def test_sql(backend: Backend, matrix: Matrix, rows: Rows, entity: str, action: str) -> None:
    wrong = [
        (cell, allowed)
        for cell in matrix.cells(entity, action)
        if (allowed := try_sql(backend.database, matrix, cell)) is not cell["allowed"]
    ]
    assert not wrong, report(wrong)


@pytest.mark.parametrize(("entity", "action"), OFFERED["rest"], ids=name)
def test_rest(backend: Backend, matrix: Matrix, rows: Rows, entity: str, action: str) -> None:
    call = matrix.entities[entity]["rest"][action]
    wrong = []
    for cell in own_tenant_only(matrix.cells(entity, action)):
        answer = ask_rest(backend, matrix, call, cell)
        let_through = PERFORMED | {UNWRITTEN, *call.get("errors", ())}
        if answer.status_code not in (let_through - REFUSED if cell["allowed"] else REFUSED):
            wrong.append((cell, f"{answer.status_code} {answer.text[:200]}"))
        if action != "read" and answer.status_code < 300:
            rows.restore()
    assert not wrong, report(wrong)


@pytest.mark.parametrize(("entity", "action"), OFFERED["graphql"], ids=name)
def test_graphql(backend: Backend, matrix: Matrix, rows: Rows, entity: str, action: str) -> None:
    call = matrix.entities[entity]["graphql"][action]
    wrong = []
    for cell in own_tenant_only(matrix.cells(entity, action)):
        answer = ask_graphql(backend, matrix, call, cell)
        errors = matrix.entities[entity]["rest"][action].get("errors", ())
        if performed(answer, call["field"], action, errors) is not cell["allowed"]:
            wrong.append((cell, answer))
        if action != "read" and not answer.get("errors"):
            rows.restore()
    assert not wrong, report(wrong)


@pytest.mark.parametrize(
    "cell", load_matrix().document["operations"], ids=lambda cell: f"{cell['operation']}-{cell['caller']}"
)
def test_operations_outside_resources(backend: Backend, matrix: Matrix, cell: Data) -> None:
    claims = matrix.claims(cell["caller"])
    answer = backend.call(cell["method"], cell["path"], cell["body"], claims, **cell["headers"])
    assert answer.status_code in (PERFORMED | {UNWRITTEN} if cell["allowed"] else REFUSED), answer.text


def own_tenant_only(cells: list[Data]) -> list[Data]:
    """A caller cannot name a tenant over HTTP: rows to be created are always of his own."""
    return [cell for cell in cells if cell["action"] != "create" or cell["row"] == "a"]


def ask_rest(backend: Backend, matrix: Matrix, call: Data, cell: Data) -> httpx.Response:
    path = call["path"]
    if cell["action"] != "create":
        path = path.format(**matrix.rows[cell["row"]]["path"])
    claims = matrix.claims(cell["caller"])
    return backend.call(call["method"], path, call.get("body"), claims, **call.get("headers", {}))


def ask_graphql(backend: Backend, matrix: Matrix, call: Data, cell: Data) -> Data:
    variables = dict(call["variables"])
    if cell["action"] != "create":
        key = matrix.rows[cell["row"]]["key"]
        variables |= {argument: key[column] for argument, column in call["keys"].items()}
    answer: Data = backend.graphql(call["query"], variables, matrix.claims(cell["caller"]))
    return answer


def performed(answer: Data, field: str, action: str, named: Collection[int] = ()) -> bool | str:
    """Whether the caller was let through, be it to an error of the operation's own (`named`: their statuses); a text when
    the answer is neither that nor a refusal. Who creates a row that he may not read is answered with null."""
    errors = answer.get("errors") or []
    if not errors:
        return action == "create" or (answer.get("data") or {}).get(field) is not None
    status = errors[0].get("extensions", {}).get("status")
    if status in REFUSED:
        return False
    return True if status in {409, UNWRITTEN, *named} else f"unexpected {errors}"


def report(wrong: list[Any]) -> str:
    lines = [
        f"  {cell['caller']} {cell['action']} {cell['row']}: expected {expected(cell)}, got {got}"
        for cell, got in wrong
    ]
    return f"{len(wrong)} cells differ:\n" + "\n".join(lines[:20])


def expected(cell: Data) -> str:
    return "allowed" if cell["allowed"] else "refused"
