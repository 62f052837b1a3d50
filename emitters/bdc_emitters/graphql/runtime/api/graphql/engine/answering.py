"""What answers documents: loaded when the first one comes, or at start when the schema has extensions.

Documents of generated fields are checked against the schema's text and answered by statements. Strawberry, with the schema that has
resolvers, is loaded for the first document that needs one: introspection, or a field of an extension.
"""

from __future__ import annotations

from asyncio import Lock, to_thread
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from api.engine.http.answer import JSON, Answer, Headers
from api.engine.http.request import Request
from api.graphql.engine.documents import Document, Documents, Operation
from api.graphql.engine.errors import DOCUMENT, Refused, of_problem, refused
from api.graphql.engine.executor import Run, failed
from api.graphql.engine.lowering import CALLER
from api.graphql.engine.plans import Plan
from api.graphql.engine.schema_text import FOLDER, read_schema
from api.graphql.engine.settings import Settings
from api.graphql.engine.tables import tables_of
from services.engine.problems import Problem

if TYPE_CHECKING:
    from graphql import GraphQLSchema

# Clients that know automatic persisted queries read these words.
NOT_FOUND = "PersistedQueryNotFound"
RESPONSE = b"application/graphql-response+json"
NO_STORE: Headers = ((b"cache-control", b"no-store"),)
RETRY: Headers = ((b"retry-after", b"1"),)


class Answering:
    """`compiled` off sends everything to the resolvers: both ways must say the same. `extended`: the schema has extensions."""

    def __init__(self, settings: Settings, *, extended: bool, compiled: bool = True) -> None:
        self._settings = settings
        self._compiled = compiled
        self._tables = tables_of(settings.package)
        self._resolved = self._with_resolvers() if extended else None
        self._schema = self._resolved or read_schema(FOLDER / settings.text)
        self._loading = Lock()
        self._documents: Documents | None = None
        self._verify: Any = None

    async def answer(
        self,
        request: Request,
        actor: Any,
        text: str | None,
        name: str | None,
        variables: Any,
        *,
        mutations: bool,
    ) -> Answer:
        """Answer one operation; `mutations`: whether one may be performed. Raises `Problem` for a mutation that may not."""
        media = _accepted(request.headers.get(b"accept", b""))
        try:
            if text is None:
                raise refused(DOCUMENT, NOT_FOUND)
            document = self._documents.known(text) if self._documents is not None else None
            operation = (document or await self._read(request, text)).operation(name)
            if operation.kind == "query" or mutations:
                status, body, headers = await self._run(request, actor, operation, variables)
                if operation.kind == "mutation":
                    headers += await request.written(actor)
                return Answer(status, body, headers + RETRY if status >= 503 else headers, media)
        except Refused as refusal:
            status = 400 if media == RESPONSE else 200
            return Answer(status, orjson.dumps({"errors": refusal.errors}), (), media)
        except Problem as problem:
            status = problem.status if problem.status >= 500 else 200
            return Answer(status, failed([of_problem(problem)]), problem.headers, media)
        raise Problem(
            "method-not-allowed", "A mutation is performed by POST only.", headers=((b"allow", b"POST"),)
        )

    async def _read(self, request: Request, text: str) -> Document:
        documents = self._documents
        if documents is None:
            services = request.services
            may = self._settings.may_introspect(services.settings.production)
            documents = self._documents = Documents(self._schema, self._settings, introspection=may)
            self._verify = services.cursors.verify
        return await documents.read(text)

    async def _run(
        self, request: Request, actor: Any, operation: Operation, given: dict[str, Any]
    ) -> tuple[int, bytes, Headers]:
        variables = operation.coercion.coerce(given)
        plan = operation.plan(variables, self._verify)
        if operation.kind == "mutation" and (calls := plan.counted(variables)) > 1:
            await request.count_calls(actor, calls - 1)
        if plan.own:
            variables[CALLER] = actor
        headers = NO_STORE if plan.private else ()
        if plan.compiled and self._compiled:
            run = Run(request, actor, operation.fragments, variables, self._tables)
            body = await (run.query(plan) if operation.kind == "query" else run.mutation(plan))
            return run.status, body, headers
        return *await self._resolve(request, actor, operation, plan, given, variables), headers

    async def _resolve(
        self,
        request: Request,
        actor: Any,
        operation: Operation,
        plan: Plan,
        given: Mapping[str, Any],
        variables: Mapping[str, Any],
    ) -> tuple[int, bytes]:
        schema = self._resolved or await self._load()
        from api.graphql.engine.context import Context
        from api.graphql.engine.fallback import resolve

        context = Context(
            request.services, actor, request.request_id, operation.fragments, variables, request, self._tables
        )
        return await resolve(schema, operation, plan, given, context)

    async def _load(self) -> GraphQLSchema:
        """Return the schema with resolvers, loaded beside the event loop: others are answered meanwhile."""
        async with self._loading:
            if self._resolved is None:
                self._resolved = await to_thread(self._with_resolvers)
        return self._resolved

    def _with_resolvers(self) -> GraphQLSchema:
        """Return the schema with resolvers. ValueError for an extension with the name of a generated field."""
        import api.graphql.engine.context
        import api.graphql.engine.fallback  # noqa: F401

        found: GraphQLSchema = self._tables.schema
        return found


def _accepted(accept: bytes) -> bytes:
    return RESPONSE if RESPONSE in accept else JSON
