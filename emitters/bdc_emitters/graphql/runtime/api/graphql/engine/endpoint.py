"""GraphQL over HTTP: POST with JSON, GET for queries. One operation a request; a list of them (batching) is refused.

A client that accepts `application/graphql-response+json` gets 400 for a document that is not executed; for the older
`application/json` that is 200, as its clients expect. What is the service's own trouble (5xx) is said in the status, both ways.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import orjson
import strawberry

from api.engine.http.answer import JSON, Answer
from api.engine.http.request import Request
from api.graphql.engine.context import Context
from api.graphql.engine.documents import Documents, Operation
from api.graphql.engine.errors import Refused, of_problem
from api.graphql.engine.executor import Run, failed
from api.graphql.engine.fallback import resolve
from api.graphql.engine.settings import Settings
from services.data.engine.jsontext import decoded
from services.engine.problems import Problem

RESPONSE = b"application/graphql-response+json"
MAX_QUERY_STRING = 16_384
RETRY = ((b"retry-after", b"1"),)


class Endpoint:
    """The two routes. `compiled` off sends everything to the resolvers: both ways must say the same."""

    def __init__(self, schema: strawberry.Schema, settings: Settings, *, compiled: bool = True) -> None:
        self._schema = schema._schema
        self._settings = settings
        self._compiled = compiled
        self._documents: Documents | None = None
        self._verify: Any = None

    async def post(self, request: Request) -> Answer:
        """Answer one operation. Raises `Problem` for what is no GraphQL request at all."""
        media = request.headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
        if media != JSON:
            raise Problem("unsupported-media-type", "A GraphQL request is application/json.")
        actor = await request.actor()
        given = decoded(await request.body())
        return await self._answer(request, actor, *_members(given), mutations=True)

    async def get(self, request: Request) -> Answer:
        """Answer one query. A mutation is never performed by GET."""
        if len(request.query) > MAX_QUERY_STRING:
            raise Problem("malformed-request", "The query string is too long; use POST.")
        actor = await request.actor()
        given: dict[str, Any] = {}
        for name, values in parse_qs(request.query.decode("latin-1"), keep_blank_values=True).items():
            if len(values) > 1:
                raise Problem("malformed-request", f"`{name}` is given more than once.")
            given[name] = values[0]
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = decoded(given[name].encode(), f"`{name}`")
        return await self._answer(request, actor, *_members(given), mutations=False)

    async def _answer(
        self, request: Request, actor: Any, text: str, name: str | None, variables: Any, *, mutations: bool
    ) -> Answer:
        media = _accepted(request.headers.get(b"accept", b""))
        try:
            operation = await self._operation(request, text, name)
            if operation.kind == "query" or mutations:
                status, body = await self._run(request, actor, operation, variables)
                return Answer(status, body, RETRY if status >= 503 else (), media)
        except Refused as refusal:
            status = 400 if media == RESPONSE else 200
            return Answer(status, orjson.dumps({"errors": refusal.errors}), (), media)
        except Problem as problem:
            status = problem.status if problem.status >= 500 else 200
            return Answer(status, failed([of_problem(problem)]), problem.headers, media)
        raise Problem(
            "method-not-allowed", "A mutation is performed by POST only.", headers=((b"allow", b"POST"),)
        )

    async def _operation(self, request: Request, text: str, name: str | None) -> Operation:
        documents = self._documents
        if documents is None:
            services = request.services
            may = self._settings.may_introspect(services.settings.production)
            documents = self._documents = Documents(self._schema, self._settings, introspection=may)
            self._verify = services.cursors.verify
        return (documents.known(text) or await documents.read(text)).operation(name)

    async def _run(
        self, request: Request, actor: Any, operation: Operation, given: dict[str, Any]
    ) -> tuple[int, bytes]:
        variables = operation.coercion.coerce(given)
        plan = operation.plan(variables, self._verify)
        if plan.calls > 1 and operation.kind == "mutation":
            request.count_calls(actor, plan.calls - 1)
        services, id_ = request.services, request.request_id
        if plan.compiled and self._compiled:
            run = Run(services, actor, id_, operation.fragments, variables)
            body = await (run.query(plan) if operation.kind == "query" else run.mutation(plan))
            return run.status, body
        context = Context(services, actor, id_, operation.fragments, variables)
        return await resolve(self._schema, operation, plan, given, context)


def _members(given: Any) -> tuple[str, str | None, dict[str, Any]]:
    """Return the document, the operation's name and the variables. Raises `Problem`."""
    if type(given) is not dict:
        raise Problem("malformed-request", "A GraphQL request is one JSON object.")
    text, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    if type(text) is not str:
        raise Problem("malformed-request", "`query` must be a text.")
    if name is not None and type(name) is not str:
        raise Problem("malformed-request", "`operationName` must be a text.")
    if variables is not None and type(variables) is not dict:
        raise Problem("malformed-request", "`variables` must be an object.")
    return text, name, variables or {}


def _accepted(accept: bytes) -> bytes:
    return RESPONSE if RESPONSE in accept else JSON
