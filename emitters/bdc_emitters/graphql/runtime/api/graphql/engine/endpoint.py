"""GraphQL over HTTP: POST with JSON, GET for queries. One operation a request; a list of them (batching) is refused.

A client that accepts `application/graphql-response+json` gets 400 for a document that is not executed; for the older
`application/json` that is 200, as its clients expect. What is the service's own trouble (5xx) is said in the status, both ways.
"""

from __future__ import annotations

from asyncio import Lock, to_thread
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from api.engine.http.answer import JSON, Answer
from api.engine.http.request import Request
from api.graphql.engine.extensions import Extensions
from api.graphql.engine.graphiql.page import page_for
from api.graphql.engine.settings import Settings
from services.data.engine.jsontext import decoded
from services.engine.problems import Problem

if TYPE_CHECKING:
    from api.graphql.engine.answering import Answering

MAX_QUERY_STRING = 16_384


class Endpoint:
    """The two routes. With extensions the whole schema is made at once, so that mistakes in them stop the start; without, what
    answers documents is loaded when the first one comes."""

    def __init__(self, settings: Settings, extensions: Extensions, *, compiled: bool = True) -> None:
        self._settings = settings
        self._compiled = compiled
        self._extended = extensions != Extensions()
        self._loading = Lock()
        self._persisted: Any = None
        self._answering = self._start() if self._extended else None

    async def post(self, request: Request) -> Answer:
        """Answer one operation. Raises `Problem` for what is no GraphQL request at all."""
        media = request.headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
        if media != JSON:
            raise Problem("unsupported-media-type", "A GraphQL request is application/json.")
        actor = await request.actor()
        given = decoded(await request.body(self._settings.body))
        asked = self._members(request, given)
        answering = self._answering or await self._load()
        return await answering.answer(request, actor, *asked, mutations=True)

    async def get(self, request: Request) -> Answer:
        """Answer one query, or show GraphiQL to a browser. A mutation is never performed by GET."""
        page = page_for(request)
        if page is not None:
            return page
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
        asked = self._members(request, given)
        answering = self._answering or await self._load()
        return await answering.answer(request, actor, *asked, mutations=False)

    def _members(self, request: Request, given: Any) -> tuple[str | None, str | None, dict[str, Any]]:
        """Return the members of a request; no document where it names one that is not known. Raises `Problem`."""
        if not self._settings.persisted or type(given) is not dict:
            return _members(given)
        if self._persisted is None:
            self._persisted = import_module("api.graphql.engine.persisted").of(self._settings)
        named = {**given, "query": given.get("query") or ""}
        _, name, variables = _members(named)
        document = given.get("documentId")
        if document is not None and type(document) is not str:
            raise Problem("malformed-request", "`documentId` must be a text.")
        if not named["query"] and document is None and not given.get("extensions"):
            raise Problem("malformed-request", "`query` or `documentId` must be a text.")
        only = request.services.settings.production
        return self._persisted.find(given, only=only), name, variables

    async def _load(self) -> Answering:
        """Load what answers documents, beside the event loop: others are answered meanwhile."""
        async with self._loading:
            if self._answering is None:
                self._answering = await to_thread(self._start)
        return self._answering

    def _start(self) -> Answering:
        from api.graphql.engine.answering import Answering

        return Answering(self._settings, extended=self._extended, compiled=self._compiled)


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
    if given.get("extensions") is not None and type(given["extensions"]) is not dict:
        raise Problem("malformed-request", "`extensions` must be an object.")
    return text, name, variables or {}
