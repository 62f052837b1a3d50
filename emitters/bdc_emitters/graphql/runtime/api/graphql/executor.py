"""The compiled way: plans → statements and calls → the bytes of the answer, which PostgreSQL has written.

No resolver is walked: a query made of compiled fields is one fetch whose text becomes `{"data": …}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from api.graphql.collect import Fragments, children, collect
from api.graphql.conversion import body_of, native, parser
from api.graphql.cursors import signed
from api.graphql.errors import Refused, of_problem
from api.graphql.literals import Variables, resolved
from api.graphql.lowering import TYPENAME
from api.graphql.meaning import Call, Member, Struct
from api.graphql.plans import ANSWERED, CallStep, Statement
from api.graphql.table import KEYS, OBJECTS
from services.container import Services
from services.data import operations
from services.data.execute import Result, perform
from services.data.operation import Operation
from services.data.pool import Connection
from services.problems import Problem
from services.security.actor import Actor

from graphql import FieldNode


class Run:
    """One request on the compiled way."""

    __slots__ = ("_actor", "_fragments", "_request_id", "_services", "_variables")

    def __init__(
        self, services: Services, actor: Actor, request_id: str, fragments: Fragments, variables: Variables
    ) -> None:
        self._services = services
        self._actor = actor
        self._request_id = request_id
        self._fragments = fragments
        self._variables = variables

    async def query(self, segments: Sequence[Statement | CallStep]) -> bytes:
        """Return the whole response: everything, or the refusal that stopped it, with `data` null."""
        try:
            if len(segments) == 1 and isinstance(segments[0], Statement):
                return b'{"data":' + await self._statement(segments[0]) + b"}"
            parts = [await self._segment(segment) for segment in segments]
        except _At as refusal:
            return failed([of_problem(refusal.problem, [refusal.key])])
        return b'{"data":{' + b",".join(part for part in parts if part) + b"}}"

    async def mutation(self, segments: Sequence[Statement | CallStep]) -> bytes:
        """Return the whole response. Each call stands alone: one that is refused answers null, the others go on."""
        parts: list[bytes] = []
        errors: list[Mapping[str, Any]] = []
        for segment in segments:
            try:
                parts.append(await self._segment(segment))
            except _At as refusal:
                errors.append(of_problem(refusal.problem, [refusal.key]))
                parts.append(orjson.dumps(refusal.key) + b":null")
            except Refused as refusal:
                key = segment.key if isinstance(segment, CallStep) else ""
                errors += [{**error, "path": [key]} for error in refusal.errors]
                parts.append(orjson.dumps(key) + b":null")
        data = b"{" + b",".join(part for part in parts if part) + b"}"
        tail = b',"errors":' + orjson.dumps(errors, default=str) if errors else b""
        return b'{"data":' + data + tail + b"}"

    async def _segment(self, segment: Statement | CallStep) -> bytes:
        """Return the members of `data` that a segment answers, without braces."""
        if isinstance(segment, Statement):
            return (await self._statement(segment))[1:-1]
        try:
            return await self._call(segment)
        except Problem as problem:
            raise _At(segment.key, problem) from problem

    async def _statement(self, statement: Statement) -> bytes:
        actor = self._actor
        for key, permission in statement.permissions:
            try:
                permission.require(actor)
            except Problem as problem:
                raise _At(key, problem) from problem
        sql, parameters = statement.parameters(actor, self._request_id, self._variables)
        body: bytes = (await self._services.database.fetchval(sql, *parameters)).encode()
        return finished(self._services, body)

    async def _call(self, step: CallStep) -> bytes:
        call = step.call
        operation, key, given = call_arguments(step.call, resolved(step.arguments, self._variables))
        selected: list[bytes] = []

        async def select(connection: Connection, result: Result) -> None:
            selected[:] = [await self._payload(step, key, connection, result)]

        result = await perform(
            self._services,
            self._actor,
            self._request_id,
            operation,
            key=key,
            then=select if step.payload is not None else None,
            **given,
        )
        if step.payload is not None:
            return selected[0]
        return orjson.dumps(step.key) + b":" + self._plain(call, result, step.fields)

    async def _payload(
        self, step: CallStep, key: tuple[Any, ...], connection: Connection, result: Result
    ) -> bytes:
        """Select the answered row, in the transaction that wrote it."""
        answered = answered_key(step.call, key, result)
        if answered is None or step.payload is None:
            return orjson.dumps(step.key) + b":null"
        variables = {**self._variables, ANSWERED: answered}
        sql, parameters = step.payload.parameters(self._actor, self._request_id, variables)
        body: bytes = (await connection.fetchval(sql, *parameters)).encode()
        return finished(self._services, body)[1:-1]

    def _plain(self, call: Call, result: Result, fields: Sequence[FieldNode]) -> bytes:
        """Return a result that is no row: what was selected of it, or true when there is nothing to select."""
        if call.result == "Boolean" and not result.body:
            return b"true"
        value = orjson.loads(result.body) if result.body else None
        return orjson.dumps(self._projected(call.result, value, fields))

    def _projected(self, type_: str, value: Any, fields: Iterable[FieldNode]) -> Any:
        """Return the selected parts of a struct, or the value itself."""
        if value is None or type_ not in OBJECTS:
            return value
        if type(value) is list:
            return [self._projected(type_, item, fields) for item in value]
        found = {}
        for key, inner in collect(children(fields), self._fragments, self._variables).items():
            name = inner[0].name.value
            meaning = OBJECTS[type_].fields.get(name)
            if name == TYPENAME:
                found[key] = type_
            elif isinstance(meaning, Member):
                found[key] = value.get(meaning.member)
            elif isinstance(meaning, Struct):
                found[key] = self._projected(meaning.struct, value.get(meaning.member), inner)
        return found


class _At(Exception):
    """A problem, and the root field that it is about."""

    def __init__(self, key: str, problem: Problem) -> None:
        super().__init__(problem.code)
        self.key = key
        self.problem = problem


def finished(services: Services, body: bytes) -> bytes:
    """Return JSON as PostgreSQL wrote it, with marked values decrypted and cursors signed."""
    return signed(services.cursors, services.cipher.reveal(body))


def failed(errors: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the response of a request that answered nothing."""
    return b'{"data":null,"errors":' + orjson.dumps(errors, default=str) + b"}"


def call_arguments(call: Call, given: Mapping[str, Any]) -> tuple[Operation, tuple[Any, ...], dict[str, Any]]:
    """Return the operation, the key and the other arguments of `perform`."""
    operation: Operation = getattr(operations, call.operation)
    key = tuple(parser(kind, name)(given[name]) for name, kind in call.keys)
    body: dict[str, Any] = {}
    more: dict[str, Any] = {}
    for name, source, type_ in call.arguments:
        if name not in given:
            continue
        if source in ("if_match", "idempotency_key"):
            more[source] = given[name]
        elif call.verb in ("create", "update"):
            body = body_of(type_, given[name])
        elif operation.input is None:
            body[source] = native(type_, given[name])
        else:
            body[source] = body_of(type_, given[name])
    return operation, key, {"body": body or None, **more}


def answered_key(call: Call, key: tuple[Any, ...], result: Result) -> tuple[Any, ...] | None:
    """Return the key of the row that an operation answered; None when the caller may not see it."""
    if call.verb in ("update", "custom"):
        return key
    row = orjson.loads(result.body) if result.body else None
    return None if row is None else tuple(row[member] for member, _ in KEYS[call.entity or ""])
