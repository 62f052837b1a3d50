"""Every cell of the permission matrix, on every surface: SQL as the runtime role, REST and GraphQL.

The verdicts were computed from the rules when this project was built; the service enforces them by other means (predicates in
its statements, row level security, triggers). Each surface must agree with every cell.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix, names_of, path_of, told_apart
from tests.support.sql_surface import can_be_tried, try_sql

ACTIONS = load_matrix().actions
DOCUMENT = Path(__file__).parents[2] / "api" / "documentation" / "openapi.json"
SCHEMAS = json.loads(DOCUMENT.read_text("utf-8"))["components"]["schemas"] if DOCUMENT.exists() else {}
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
# What a value is refused with: by the service, or by a constraint of the table.
INVALID = 422
# What SQL of an operation answers with is not known beforehand: nothing, where it finds no row.
NOTHING = 404


def name(value: Any) -> str:
    return str(value)


@pytest.mark.parametrize(("entity", "action"), ACTIONS, ids=name)
def test_sql(backend: Backend, matrix: Matrix, rows: Rows, entity: str, action: str) -> None:
    wrong = [
        (cell, allowed)
        for cell in rows.known(matrix.cells(entity, action))
        if cell.get("in_sql", True) is not None
        and can_be_tried(matrix, cell)
        and (allowed := try_sql(backend.database, matrix, cell)) is not None
        and allowed is not cell.get("in_sql", cell["allowed"])
    ]
    assert not wrong, report(wrong)


@pytest.mark.parametrize(("entity", "action"), OFFERED["rest"], ids=name)
def test_rest(backend: Backend, matrix: Matrix, rows: Rows, entity: str, action: str) -> None:
    call = matrix.entities[entity]["rest"][action]
    wrong = []
    for cell in over_http(rows.known(matrix.cells(entity, action)), call):
        told = may(backend, matrix, entity, cell)
        answer = ask_rest(backend, matrix, call, cell)
        if told is not None and not agrees(told, answer.status_code):
            wrong.append((cell, f"{answer.status_code} where `_can` says {told}"))
        if not as_expected(cell, call, *outcome(answer)):
            wrong.append((cell, f"{answer.status_code} {answer.text[:200]}"))
        if action != "read" and answer.status_code < 300:
            rows.restore()
    assert not wrong, report(wrong)


@pytest.mark.parametrize(("entity", "action"), OFFERED["graphql"], ids=name)
def test_graphql(backend: Backend, matrix: Matrix, rows: Rows, entity: str, action: str) -> None:
    call = {
        **matrix.entities[entity]["graphql"][action],
        "errors": matrix.entities[entity]["rest"][action].get("errors", ()),
        "names_rows": matrix.entities[entity]["rest"][action].get("names_rows", False),
        "may_find_nothing": matrix.entities[entity]["rest"][action].get("may_find_nothing", False),
    }
    wrong = []
    for cell in over_http(rows.known(matrix.cells(entity, action)), call):
        answer = ask_graphql(backend, matrix, call, cell)
        if not performed(answer, cell, call, action):
            wrong.append((cell, answer))
        if action != "read" and not answer.get("errors"):
            rows.restore()
    assert not wrong, report(wrong)


@pytest.mark.parametrize(
    "cell", load_matrix().document["operations"], ids=lambda cell: f"{cell['operation']}-{cell['caller']}"
)
def test_operations_outside_resources(backend: Backend, matrix: Matrix, rows: Rows, cell: Data) -> None:
    if not told_apart(cell, cell):
        pytest.skip("an api without credentials sees everybody as anonymous")
    claims = matrix.claims(cell["caller"])
    answer = backend.call(
        cell["method"], cell["path"], cell["body"], claims, credential=cell["credential"], **cell["headers"]
    )
    assert as_expected(cell, cell, *outcome(answer)), answer.text
    if cell["method"] != "GET" and answer.status_code < 300:
        rows.restore()


@pytest.mark.parametrize("reason", sorted({cell["reason"] for cell in load_matrix().document["skipped"]}))
def test_cells_without_a_verdict(reason: str) -> None:
    """What is not tried is said: the rows or the verdict could not be worked out when these tests were written."""
    cells = [cell for cell in load_matrix().document["skipped"] if cell["reason"] == reason]
    pytest.skip(f"{len(cells)} cells: {reason}")


def test_rows_that_the_database_refuses(rows: Rows, matrix: Matrix) -> None:
    """Rows that only the database can judge, and does not take: the cells that depend on them are not tried."""
    if rows.refused:
        lost = len(matrix.document["cells"]) - len(rows.known(matrix.document["cells"]))
        pytest.skip(f"{lost} cells: {'; '.join(sorted(set(rows.refused.values())))}")


def may(backend: Backend, matrix: Matrix, entity: str, cell: Data) -> bool | None:
    """Return what `_can` of the row says of the action of a cell; None where rows do not tell, or the request decides as well."""
    reading = matrix.entities[entity]["rest"].get("read")
    if (
        reading is None
        or f"{entity}Can" not in SCHEMAS
        or cell["action"] in ("create", "read")
        or cell.get("unwritable")
        or cell.get("unreadable")
    ):
        return None
    path, claims = path_of(reading, matrix.rows[cell["row"]]), matrix.claims(cell["caller"])
    found = backend.call("GET", f"{path}?_can=true", None, claims, credential=reading["credential"])
    told: bool | None = found.json()["_can"].get(cell["action"]) if found.status_code == 200 else None
    return told


def agrees(told: bool, status: int) -> bool:
    """Whether what `_can` said is what happens: a row in a state that an operation does not start from is a conflict, or the
    operation's own error."""
    return status not in REFUSED if told else status >= 400


def over_http(cells: list[Data], call: Data) -> list[Data]:
    """Return the cells that can be tried over HTTP. A caller cannot name a tenant: rows to be created are always of its own."""
    return [
        cell
        for cell in cells
        if told_apart(cell, call)
        and (cell["action"] != "create" or cell["row"] == "a")
        and cell.get("unwritable", 0) is not None
    ]


def as_expected(cell: Data, call: Data, status: int, problem: Data) -> bool:
    """Whether an answer is what a cell lets expect. An error of the operation's own, and a constraint of the table, answer callers that
    the policy let through."""
    own = problem.get("code") in call.get("errors", ())
    if cell.get("unreadable"):
        return status in REFUSED | {INVALID} and not own
    if not cell["allowed"] or cell.get("unwritable"):
        return status in REFUSED and not own
    if status == INVALID and call.get("names_rows") and _out_of_reach(problem):
        return True
    if status == NOTHING and call.get("may_find_nothing"):
        return True
    if status == INVALID and "constraint" in problem:
        return cell.get("action") != "create" or cell.get("undecided", False)
    return own or status in (PERFORMED | {UNWRITTEN}) - REFUSED


def _out_of_reach(problem: Data) -> bool:
    """Whether an argument names a row that the caller may not know of."""
    return {each["code"] for each in problem.get("errors", ())} == {"not-found"}


def outcome(answer: httpx.Response) -> tuple[int, Data]:
    """Return the status of an answer and its problem document."""
    if "problem" not in answer.headers.get("content-type", ""):
        return answer.status_code, {}
    return answer.status_code, answer.json()


def ask_rest(backend: Backend, matrix: Matrix, call: Data, cell: Data) -> httpx.Response:
    path = call["path"]
    if cell["action"] != "create":
        path = path_of(call, matrix.rows[cell["row"]])
    claims = matrix.claims(cell["caller"])
    return backend.call(
        call["method"],
        path,
        call.get("body"),
        claims,
        credential=call["credential"],
        **call.get("headers", {}),
    )


def ask_graphql(backend: Backend, matrix: Matrix, call: Data, cell: Data) -> Data:
    variables = dict(call["variables"])
    if cell["action"] != "create":
        row = matrix.rows[cell["row"]]
        key = {**row["columns"], **row["key"]}
        key |= {f"path:{name}": value for name, value in names_of(call, row).items()}
        variables |= {argument: key[column] for argument, column in call["keys"].items()}
    claims = matrix.claims(cell["caller"])
    answer: Data = backend.graphql(
        call["query"], variables, claims, at=call["at"], credential=call["credential"]
    )
    return answer


def performed(answer: Data, cell: Data, call: Data, action: str) -> bool:
    """Whether an answer is what a cell lets expect. A caller that creates a row that it may not read is answered with null, and so may be
    one of an operation whose result can be null."""
    errors = answer.get("errors") or []
    if not errors:
        answered = (answer.get("data") or {}).get(call["field"]) is not None
        empty = call.get("nullable", False) or call.get("may_find_nothing", False)
        done = action == "create" or empty or answered
        return done is bool(cell["allowed"] and not cell.get("unreadable") and not cell.get("unwritable"))
    extensions = errors[0].get("extensions", {})
    status = extensions.get("status", 500)
    return as_expected(cell, call, status, extensions)


def report(wrong: list[Any]) -> str:
    lines = [
        f"  {cell['caller']} {cell['action']} {cell['row']}: expected {expected(cell)}, got {got}"
        for cell, got in wrong
    ]
    return f"{len(wrong)} cells differ:\n" + "\n".join(lines[:20])


def expected(cell: Data) -> str:
    return "allowed" if cell["allowed"] else "refused"
