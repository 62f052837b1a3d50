"""Values that must not be found: encrypted ones in the database and in the log, hidden ones in any answer to their caller."""

import copy
import json
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows, load_matrix, path_of, told_apart

ATTACKS: Data = load_matrix().document["attacks"]
TABLES = """
select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables
where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
"""


def new_mark() -> str:
    """Return a text that is nowhere yet: 14 characters, no more and no less."""
    return f"mark{secrets.token_hex(5)}"


@pytest.mark.parametrize(
    "place", ATTACKS["encrypted"], ids=lambda place: f"{place['action']}-{place['entity']}-{place['path']}"
)
def test_an_encrypted_value_is_not_stored_as_it_is(
    backend: Backend, matrix: Matrix, rows: Rows, place: Data
) -> None:
    call = matrix.entities[place["entity"]]["rest"][place["action"]]
    cell = next(iter(performed(matrix, rows, place, call)), None)
    if cell is None:
        pytest.skip(f"{place['entity']}: nobody may {place['action']} it over REST")
    mark = new_mark()
    body = {} if place["action"] == "update" else copy.deepcopy(call["body"])
    put(body, place["path"], mark)
    path = call["path"] if place["action"] == "create" else path_of(call, matrix.rows[cell["row"]])
    headers = {**call.get("headers", {}), "Idempotency-Key": secrets.token_hex(8)}
    claims = matrix.claims(cell["caller"])
    answer = backend.call(call["method"], path, body, claims, credential=call["credential"], **headers)
    assert answer.status_code in (200, 201, 204), answer.text
    assert stored(backend, mark) == []
    assert mark not in backend.log.read_text(encoding="utf-8", errors="replace")
    rows.restore()


def performed(matrix: Matrix, rows: Rows, place: Data, call: Data) -> Iterator[Data]:
    """Yield the cells of callers who may do it, without anything that is decided elsewhere."""
    unclear, creates = ("unreadable", "unwritable", "undecided"), place["action"] == "create"
    for cell in rows.known(matrix.cells(place["entity"], place["action"])):
        clear = cell["allowed"] and told_apart(cell, call) and not any(name in cell for name in unclear)
        if clear and (cell["row"] == "a" if creates else may_write(matrix, cell, place["path"][0])):
            yield cell


def may_write(matrix: Matrix, cell: Data, member: str) -> bool:
    return not any(
        (rule["entity"], rule["member"], rule["caller"], rule["row"])
        == (cell["entity"], member, cell["caller"], cell["row"])
        and rule["written"] is not True
        for rule in matrix.document["fields"]
        if rule["written"] is not None
    )


def put(body: Any, path: list[Any], value: str) -> None:
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = value


def stored(backend: Backend, mark: str) -> list[str]:
    """Return the tables of the database that hold `mark`, as text or as bytes."""
    database = backend.database
    tables = [row[0] for row in database.run(database.admin.fetch(TABLES))]
    found = "select exists (select from {} as t where t::text like any($1::text[]))"
    patterns = [f"%{mark}%", f"%{mark.encode().hex()}%"]
    return [table for table in tables if database.run(database.admin.fetchval(found.format(table), patterns))]


@pytest.mark.parametrize("place", ATTACKS["hidden"], ids=lambda place: f"{place['entity']}.{place['member']}")
def test_a_hidden_value_is_in_no_answer(backend: Backend, matrix: Matrix, rows: Rows, place: Data) -> None:
    """Every row and every list is read by the callers that do not see the field; a search for the value finds what any other finds."""
    for hidden in place["from"]:
        if rows.known([hidden]):
            mark = new_mark()
            rows.restore({hidden["row"]: {place["column"]: mark}})
            for path, call in reads(matrix, hidden["caller"]):
                assert mark not in ask(backend, matrix, hidden, call, path), path
            for path, call in searches(matrix, place, hidden["caller"]):
                texts = {quote(text): text for text in (mark, new_mark())}
                found = [
                    ask(backend, matrix, hidden, call, path.format(text)).replace(text, "")
                    for text in texts.values()
                ]
                assert without_ids(found[0]) == without_ids(found[1]), path
    rows.restore()


def reads(matrix: Matrix, caller: str) -> Iterator[tuple[str, Data]]:
    """Yield the paths of every row and every list that are read with the caller's credentials."""
    for name, facts in matrix.entities.items():
        listed, read = facts["list"], facts["rest"].get("read")
        if listed is not None and told_apart({"caller": caller}, listed) and "{" not in listed["path"]:
            yield listed["path"], listed
        if read is not None and told_apart({"caller": caller}, read):
            yield from ((path_of(read, row), read) for row in matrix.rows.values() if row["entity"] == name)


def searches(matrix: Matrix, place: Data, caller: str) -> Iterator[tuple[str, Data]]:
    """Yield lists of the field's entity with a place for a value that is searched for: by the field, or anywhere."""
    listed = matrix.entities[place["entity"]]["list"]
    if listed is None or not told_apart({"caller": caller}, listed) or "{" in listed["path"]:
        return
    for name in (place["member"], f"{place['member']}[contains]", f"{place['member']}[gte]", "q"):
        yield f"{listed['path']}?{quote(name)}={{}}", listed


def ask(backend: Backend, matrix: Matrix, hidden: Data, call: Data, path: str) -> str:
    answer = backend.call("GET", path, None, matrix.claims(hidden["caller"]), credential=call["credential"])
    assert answer.status_code < 500, answer.text
    return answer.text


def without_ids(text: str) -> Any:
    """Return an answer without what differs from call to call."""
    found = json.loads(text) if text else None
    if isinstance(found, dict):
        return {name: value for name, value in found.items() if name not in ("request_id", "instance")}
    return found
