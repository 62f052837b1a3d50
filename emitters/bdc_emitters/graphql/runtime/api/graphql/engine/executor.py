"""The compiled way: plans → statements and calls → the bytes of the answer, which PostgreSQL has written.

No resolver is walked: a query made of compiled fields is one fetch whose text becomes `{"data": …}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import orjson
from graphql import FieldNode

from api.engine.http.request import Request
from api.graphql.engine.calls import answered_key, call_arguments, key_of, performed
from api.graphql.engine.collect import Fragments, children, collect
from api.graphql.engine.cursors import signed
from api.graphql.engine.errors import of_problem
from api.graphql.engine.literals import Variables, resolved
from api.graphql.engine.lowering import TYPENAME
from api.graphql.engine.meaning import Call, Member, Struct
from api.graphql.engine.plans import (
    ANSWERED,
    CallStep,
    NodeStep,
    Plan,
    RootProblem,
    Segment,
    Statement,
    TaskStep,
)
from api.graphql.engine.tables import Tables
from services.data.engine.execute import Result, perform
from services.data.engine.jsontext import as_text, encoded, exactly
from services.data.engine.pool import Connection
from services.engine.container import Services
from services.engine.problems import Problem
from services.security.engine.actor import Actor


class Run:
    """One request on the compiled way. `status` is 200, unless nothing was answered because of the service itself. `source`: what
    answers where a replica may."""

    __slots__ = (
        "_actor",
        "_fragments",
        "_request",
        "_request_id",
        "_services",
        "_source",
        "_tables",
        "_variables",
        "status",
    )

    def __init__(
        self, request: Request, actor: Actor, fragments: Fragments, variables: Variables, tables: Tables
    ) -> None:
        self._tables = tables
        self._request = request
        self._services = request.services
        self._source = request.source(actor)
        self._actor = actor
        self._request_id = request.request_id
        self._fragments = fragments
        self._variables = variables
        self.status = 200

    async def query(self, plan: Plan) -> bytes:
        """Return the whole response: everything, or the refusal that stopped it, with `data` null. Raises `Refused`."""
        segments = plan.segments
        try:
            if len(segments) == 1 and isinstance(segments[0], Statement):
                bound = self._bound(segments[0], self._variables)
                plan.require(self._actor)
                return b'{"data":' + await self._fetched(bound, segments[0].replica) + b"}"
            plan.check(self._variables)
            plan.require(self._actor)
            parts = [await self._segment(segment) for segment in segments]
        except RootProblem as refusal:
            self.status = _status([refusal.problem])
            return failed([of_problem(refusal.problem, [refusal.key])])
        return b'{"data":{' + b",".join(part for part in parts if part) + b"}}"

    async def mutation(self, plan: Plan) -> bytes:
        """Return the whole response. Each call stands alone: one that is refused answers null, the others go on. Nothing is
        performed when a value of any of them does not fit. Raises `Refused`."""
        plan.check(self._variables)
        parts: list[bytes] = []
        errors: list[Mapping[str, Any]] = []
        problems: list[Problem] = []
        for segment in plan.segments:
            try:
                parts.append(await self._segment(segment))
            except RootProblem as refusal:
                problems.append(refusal.problem)
                errors.append(of_problem(refusal.problem, [refusal.key]))
                parts.append(orjson.dumps(refusal.key) + b":null")
        if len(problems) == len(parts):
            self.status = _status(problems)
        data = b"{" + b",".join(part for part in parts if part) + b"}"
        tail = b',"errors":' + orjson.dumps(errors, default=as_text) if errors else b""
        return b'{"data":' + data + tail + b"}"

    async def _segment(self, segment: Segment) -> bytes:
        """Return the members of `data` that a segment answers, without braces."""
        if isinstance(segment, Statement):
            bound = self._bound(segment, self._variables)
            return (await self._fetched(bound, segment.replica))[1:-1]
        try:
            if isinstance(segment, NodeStep):
                return await self._nodes(segment)
            return await (self._task(segment) if isinstance(segment, TaskStep) else self._call(segment))
        except Problem as problem:
            raise RootProblem(segment.key, problem) from problem

    def _bound(self, statement: Statement, variables: Variables) -> tuple[str, list[Any]]:
        return statement.parameters(self._actor, self._request_id, variables)

    async def _fetched(self, bound: tuple[str, list[Any]], replica: bool) -> bytes:
        sql, parameters = bound
        source = self._source if replica else self._services.database
        row = await source.fetchrow(sql, *parameters)
        body = b"null" if row is None else row[0].encode()
        return finished(self._services, body)

    async def _nodes(self, step: NodeStep) -> bytes:
        module = import_module("api.graphql.engine.nodes")
        found: bytes = await module.answered(
            self._tables, step, self._services, self._actor, self._request_id, self._variables
        )
        return found

    async def _task(self, step: TaskStep) -> bytes:
        given = resolved(step.arguments, self._variables)
        result = await performed(self._tables, step.task, self._request, self._actor, given)
        shown = self._projected(step.task.result, result, step.fields)
        return orjson.dumps(step.key) + b":" + encoded(shown).encode()

    async def _call(self, step: CallStep) -> bytes:
        call = step.call
        operation, key, given = call_arguments(
            self._tables, step.call, resolved(step.arguments, self._variables)
        )
        selected: list[bytes] = []

        async def select(connection: Connection, result: Result) -> None:
            selected[:] = [await self._payload(step, connection, result)]

        result = await perform(
            self._services,
            self._actor,
            self._request_id,
            operation,
            key=key_of(call, self._actor, key),
            then=select if step.payload is not None else None,
            source=self._source if call.replica else None,
            **given,
        )
        if step.payload is not None:
            return selected[0]
        return orjson.dumps(step.key) + b":" + self._plain(call, result, step.fields)

    async def _payload(self, step: CallStep, connection: Connection, result: Result) -> bytes:
        """Select the answered row, in the transaction that wrote it."""
        answered = answered_key(self._tables, step.call, result)
        if answered is None or step.payload is None:
            return orjson.dumps(step.key) + b":null"
        variables = {**self._variables, ANSWERED: answered}
        sql, parameters = self._bound(step.payload, variables)
        body: bytes = (await connection.fetchval(sql, *parameters)).encode()
        return finished(self._services, body)[1:-1]

    def _plain(self, call: Call, result: Result, fields: Sequence[FieldNode]) -> bytes:
        """Return a result that is no row: what was selected of it, or true when there is nothing to select."""
        if call.result == "Boolean" and not result.body:
            return b"true"
        value = exactly(result.body) if result.body else None
        return encoded(self._projected(call.result, value, fields)).encode()

    def _projected(self, type_: str, value: Any, fields: Iterable[FieldNode]) -> Any:
        """Return the selected parts of a struct, or the value itself."""
        if value is None or type_ not in self._tables.objects:
            return value
        if type(value) is list:
            return [self._projected(type_, item, fields) for item in value]
        found = {}
        for key, inner in collect(children(fields), self._fragments, self._variables).items():
            name = inner[0].name.value
            meaning = self._tables.meaning(type_, inner[0])
            if name == TYPENAME:
                found[key] = type_
            elif isinstance(meaning, Member):
                found[key] = value.get(meaning.member)
            elif isinstance(meaning, Struct):
                found[key] = self._projected(meaning.struct, value.get(meaning.member), inner)
        return found


def _status(problems: Sequence[Problem]) -> int:
    """Return the status of an answer that holds nothing: the service's own trouble is said to whoever watches statuses."""
    return min((problem.status for problem in problems if problem.status >= 500), default=200)


def finished(services: Services, body: bytes) -> bytes:
    """Return JSON as PostgreSQL wrote it, with marked values decrypted and cursors signed."""
    return signed(services.cursors, services.cipher.reveal(body))


def failed(errors: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the response of a request that answered nothing."""
    return b'{"data":null,"errors":' + orjson.dumps(errors, default=as_text) + b"}"
