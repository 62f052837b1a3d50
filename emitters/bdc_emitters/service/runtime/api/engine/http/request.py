"""One request as controllers see it; everything that costs is done when asked for."""

import asyncio
from typing import Any

from api.engine.http.bodies import BODIES, Task
from services.data.engine.database import Source
from services.engine.container import Services
from services.engine.problems import Problem
from services.engine.telemetry.tracing import Span
from services.security.engine.actor import Actor
from services.security.engine.rate_limit import Allowance

Receive = Any  # the ASGI receive callable


class Request:
    """A request. `headers` have lower-case names; of a repeated header the last one counts."""

    __slots__ = (
        "_actor",
        "_body",
        "_receive",
        "allowance",
        "headers",
        "method",
        "parameters",
        "path",
        "query",
        "refusal",
        "request_id",
        "scope",
        "services",
        "span",
        "task",
    )

    def __init__(
        self,
        scope: Any,
        receive: Receive,
        services: Services,
        headers: dict[bytes, bytes],
        parameters: dict[str, str],
        request_id: str,
    ) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.headers = headers
        self.parameters = parameters
        self.request_id = request_id
        self.services = services
        self._receive = receive
        self.allowance: Allowance | None = None
        self.refusal: Problem | None = None
        self.span: Span | None = None
        self.task: Task | None = None
        self._actor: Actor | None = None
        self._body: bytes | None = None

    async def actor(self) -> Actor:
        """Return who is calling (the anonymous actor without credentials). Raises `unauthenticated`, `too-many-requests`."""
        if self._actor is None:
            services = self.services
            limiter = services.limiter
            actor = services.authenticator.known(self.headers)
            if actor is None:
                try:
                    actor = await services.authenticator.authenticate(self.headers)
                except Problem as problem:
                    await limiter.refused(self.scope, problem)
                    raise
            self._actor = actor
            self.allowance = await limiter.check(self._actor, self.scope)
        return self._actor

    async def count_calls(self, actor: Actor, calls: int) -> None:
        """Count more calls than the one that every request is. Raises `too-many-requests`."""
        self.allowance = await self.services.limiter.check(actor, self.scope, calls)

    def source(self, actor: Actor) -> Source:
        """Return what answers reads that a replica may answer: one that has the caller's own writes, else the database."""
        services = self.services
        if services.replica is None:
            return services.database
        return services.replica.source(actor.identity, self.headers)

    async def written(self, actor: Actor) -> tuple[tuple[bytes, bytes], ...]:
        """Return the header of an answer to a write, by which later reads of a replica find it; none without replicas."""
        replica = self.services.replica
        return () if replica is None else (await replica.written(() if actor.anonymous else actor.identity),)

    @property
    def caller(self) -> tuple[Services, Actor, str]:
        """Return what every statement is for: the services, the actor, which has been established, and the id of the request."""
        assert self._actor is not None  # nosec B101
        return self.services, self._actor, self.request_id

    @property
    def known_actor(self) -> Actor | None:
        """Return the actor if it has been established."""
        return self._actor

    async def body(self, most: int = 0) -> bytes:
        """Return the whole body, of at most `most` bytes where that is more than the limit of all requests. Raises `payload-too-large` as soon as that is known, `malformed-request` if it is cut off."""
        if self._body is None:
            limit = max(self.services.settings.limits.body_bytes, most)
            declared = self.headers.get(b"content-length", b"0")
            if not declared.isdigit():
                raise Problem("malformed-request", "Content-Length is not a number.")
            if int(declared) > limit:
                raise too_large(limit)
            self._body = await self._read(limit)
        return self._body

    async def _read(self, limit: int) -> bytes:
        task = self.task or asyncio.current_task()
        assert task is not None  # nosec B101
        BODIES.enter(task)
        try:
            message = await self._receive()
            if message.get("more_body", False) or message["type"] != "http.request":
                return await self._read_chunks(message, task, limit)
            whole: bytes = message.get("body", b"")
        except asyncio.CancelledError:
            refusal = BODIES.sent_away(task)
            if refusal is None:
                raise
            raise refusal from None
        finally:
            BODIES.leave(task)
        if len(whole) > limit:
            raise too_large(limit)
        return whole

    async def _read_chunks(self, message: Any, task: Task, limit: int) -> bytes:
        chunks = bytearray()
        while True:
            if message["type"] == "http.disconnect":
                raise Problem("malformed-request", "The body ended before it was complete.")
            chunk = message.get("body", b"")
            chunks += chunk
            BODIES.grow(task, len(chunk))
            if len(chunks) > limit:
                raise too_large(limit)
            if not message.get("more_body", False):
                return bytes(chunks)
            message = await self._receive()


def too_large(limit: int) -> Problem:
    """Return the refusal of a body over `limit` bytes; the connection is not worth keeping."""
    return Problem(
        "payload-too-large", f"At most {limit} bytes are accepted.", headers=[(b"connection", b"close")]
    )
