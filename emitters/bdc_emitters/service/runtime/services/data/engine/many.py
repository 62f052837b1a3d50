"""Many rows in one call: each checked like one, written together by one function, all or nothing unless the caller asks for more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.data.engine.native import json_text
from services.data.engine.operation import Operation
from services.data.engine.pool import Connection
from services.data.engine.sealing import seal
from services.data.engine.sqlstate import problem_of, retried
from services.data.engine.validation import MAX_ERRORS, Errors, fail
from services.data.engine.values import PARSERS
from services.engine.container import Services
from services.engine.problems import Problem
from services.security.engine.actor import Actor

MOST_ROWS = 10_000
MOST_REFUSED = 100

Row = dict[str, Any]
Refused = dict[int, Problem]


@dataclass(frozen=True, slots=True)
class Many:
    """An operation on many rows. `operation`: that on one, of which permission and input are taken. `keys`: the members that name a row, and
    how their texts are read. `around`: those of the path that name the rows which all of them stand under."""

    method: str
    path: str
    name: str
    kind: str
    operation: Operation
    call: str
    keys: tuple[tuple[str, str], ...]
    around: tuple[tuple[str, str], ...] = ()


def checked(many: Many, given: Sequence[Any]) -> tuple[list[Row], dict[int, Errors]]:
    """Return the rows as the function takes them, and what is wrong with some, by their places."""
    rows: list[Row] = []
    wrong: dict[int, Errors] = {}
    for place, row in enumerate(given):
        errors: Errors = []
        rows.append(_checked(many, row, f"/{place}", errors))
        if errors:
            wrong[place] = errors
    return rows, wrong


def _checked(many: Many, row: Any, path: str, errors: Errors) -> Row:
    if many.kind == "delete" and len(many.keys) == 1 and type(row) is not dict:
        row = {many.keys[0][0]: row}
    if type(row) is not dict:
        fail(errors, path, "type", "expected an object")
        return {}
    if many.kind in ("create", "upsert"):
        found: Row = many.operation.input(row, path, errors) if many.operation.input is not None else {}
        return found
    keys = {name: _key(row.get(name), kind, f"{path}/{name}", errors) for name, kind in many.keys}
    rest = {name: value for name, value in row.items() if name not in keys}
    if many.operation.input is not None:
        return {**many.operation.input(rest, path, errors), **keys}
    for name in rest:
        fail(errors, f"{path}/{name}", "unknown", "there is no such member")
    return keys


def _key(value: Any, kind: str, path: str, errors: Errors) -> Any:
    if value is None:
        fail(errors, path, "required", "this member is required")
        return None
    try:
        PARSERS[kind](value if type(value) is str else str(value))
    except (ValueError, ArithmeticError):
        fail(errors, path, "key", "this is no key of a row")
    return value


def _place(error: BaseException | None) -> str:
    """Return the place of the row that a function refused; '' where it does not say."""
    hint = getattr(error, "hint", None) or ""
    return hint[4:] if hint.startswith("row ") else ""


def refusal(wrong: dict[int, Errors]) -> Problem:
    """Return the refusal of a call in which rows are not valid."""
    errors = [error for found in wrong.values() for error in found]
    told = "1 row is not valid." if len(wrong) == 1 else f"{len(wrong)} rows are not valid."
    return Problem("validation-failed", told, errors=errors[:MAX_ERRORS])


class Writer:
    """Writes the rows of one call for its caller. `around` names the rows that they stand under."""

    def __init__(
        self, services: Services, actor: Actor, request_id: str, many: Many, around: tuple[Any, ...] = ()
    ) -> None:
        self._services = services
        self._actor = actor
        self._first = (*actor.identity, request_id, *around)
        self._many = many

    async def write(self, given: Sequence[Any], *, lenient: bool) -> Refused:
        """Check rows and write them: all or none, or with `lenient` those that can be written. Return why the others cannot, by their
        places. Raises `Problem`."""
        self._many.operation.permission.require(self._actor)
        rows, wrong = checked(self._many, given)
        if not lenient:
            if wrong:
                raise refusal(wrong)
            await self.all(rows)
            return {}
        refused = {place: refusal({place: errors}) for place, errors in wrong.items()}
        good = {place: row for place, row in enumerate(rows) if place not in wrong}
        return refused | await self.those_that_can_be(good)

    async def all(self, rows: Sequence[Row]) -> None:
        """Write every row, or none. Raises `Problem`, with the place of the row where that is known."""
        try:
            await self._services.database.fetchrow(self._many.call, *self._first, self._text(rows))
        except Problem as problem:
            place = _place(problem.__cause__)
            if place:
                problem.extra["row"] = int(place)
            raise

    async def those_that_can_be(self, rows: dict[int, Row]) -> Refused:
        """Write what can be written, and return why the others cannot, by their places. A call with more than a hundred of them is
        refused as a whole."""

        async def work(connection: Connection) -> Refused:
            refused: Refused = {}
            await self._halves(connection, list(rows.items()), refused)
            return refused

        return await self._services.database.retried(work)

    async def _halves(self, connection: Connection, rows: list[tuple[int, Row]], refused: Refused) -> None:
        """Write rows together; where one of them is refused, each half by itself."""
        if not rows and not self._many.around:
            return  # below another row the function says whether that is there
        try:
            async with connection.transaction():
                text = self._text([row for _, row in rows])
                await connection.fetchrow(self._many.call, *self._first, text)
        except asyncpg.PostgresError as error:
            problem = problem_of(error)
            if retried(error) or problem.status >= 500 or len(refused) >= MOST_REFUSED:
                raise
            if problem.code == "not-found" and self._many.around and not _place(error):
                raise  # the row around is not there: no row of the call can be written
            if len(rows) == 1:
                refused[rows[0][0]] = problem
                return
            middle = len(rows) // 2
            await self._halves(connection, rows[:middle], refused)
            await self._halves(connection, rows[middle:], refused)

    def _text(self, rows: Sequence[Row]) -> str:
        return json_text([self._sealed(row) for row in rows])

    def _sealed(self, row: Row) -> Row:
        shape = self._many.operation.sealed
        if shape is None:
            return row
        key = tuple(row.get(name) for name, _ in self._many.keys) if not shape.creates else ()
        return seal(self._services.cipher, self._actor, shape, key, row)
