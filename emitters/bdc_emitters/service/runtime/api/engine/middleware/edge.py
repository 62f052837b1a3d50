"""The edge: the one ASGI callable that every request passes, in this order:

id and clock → header limits → route → controller → problem document for any refusal → headers → metrics and access log.

Refusals never say more than their problem; an unexpected exception is logged with the request id and answered with that id.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from starlette.types import ASGIApp

from api.engine.http.answer import Answer, problem_answer
from api.engine.http.request import Request
from api.engine.http.routing import NOTHING, Match, Router
from api.engine.middleware import counts
from api.engine.middleware.access_log import AccessLog
from api.engine.middleware.cors import Cors
from api.engine.middleware.deadlines import Deadlines
from api.engine.middleware.request_id import request_id as id_of
from api.engine.middleware.security_headers import with_defaults
from services.engine.container import Services
from services.engine.problems import Problem, timed_out
from services.engine.telemetry.tracing import CURRENT, Tracer
from services.security.engine.actor import Actor
from services.security.identity import API_KEY_HEADER, OWN_HEADERS

log = logging.getLogger("api")
Refusal = Callable[[str, Problem, str], Answer]

UNMATCHED = "unmatched"
SAID_ONCE = frozenset(
    {
        b"authorization",
        b"content-type",
        b"idempotency-key",
        API_KEY_HEADER.encode(),
        *OWN_HEADERS.split(b", "),
    }
) - {b""}
MAX_PATH = 2_048
RATE_HEADERS = (b"ratelimit-limit", b"ratelimit-remaining", b"ratelimit-reset")


def _as_problem(path: str, problem: Problem, request_id: str) -> Answer:
    return problem_answer(problem, request_id)


class Edge:
    """Serves the routes of `router`; hands what they do not match to `fallback` (your own routes). `refusal` writes refusals, where they are
    no problem documents."""

    def __init__(self, router: Router, fallback: ASGIApp, refusal: Refusal | None = None) -> None:
        self._router = router
        self._refusal = refusal or _as_problem
        self._fallback = fallback
        self._services: Services | None = None
        self._tracer: Tracer | None = None

    def start(self, services: Services, access_log: AccessLog, tracer: Tracer | None = None) -> None:
        """Begin to serve."""
        self._tracer = tracer
        self._access_log = access_log
        self._cors = Cors(services.settings.cors)
        self._deadlines = Deadlines(services.settings.limits.timeout)
        self._deadlines.start()
        self._loop = asyncio.get_running_loop()
        self._most_header_bytes = services.settings.limits.header_bytes
        self._services = services

    async def stop(self) -> None:
        """Stop after the requests under way have been answered."""
        if self._services is not None:
            await self._deadlines.stop(self._services.settings.limits.drain)

    @property
    def under_way(self) -> int:
        """Return how many requests are being served."""
        return len(self._deadlines)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or self._services is None:
            await self._fallback(scope, receive, send)
            return
        started = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = id_of(headers.get(b"x-request-id"))
        match = self._router.match(scope["method"], scope["path"], scope.get("raw_path") or b"")
        request = Request(scope, receive, self._services, headers, match.parameters, request_id)
        if self._tracer is not None:
            request.span = self._tracer.begin(headers.get(b"traceparent"))
            CURRENT.set(request.span)
        own = 0
        if match is NOTHING and scope["method"] != "OPTIONS":
            answer, own = await self._fall_back(request, send)
        else:
            answer = await self._answer(request, match, started)
        if answer is not None:
            await send(self._start_message(request, answer))
            body = b"" if request.method == "HEAD" else answer.body
            await send({"type": "http.response.body", "body": body})
        self._account(request, self._route(request, match, own), answer.status if answer else own, started)

    async def _answer(self, request: Request, match: Match, started: float) -> Answer:
        """Run the controller within its time; every way it can end becomes an answer."""
        task = request.task = asyncio.current_task(self._loop)
        self._deadlines.enter(task, started)
        try:
            self._check(request)
            if match.route is not None:
                return await match.route.endpoint(request)
            if request.method == "OPTIONS":
                return self._cors.preflight(match.allowed)
            allowed = ", ".join(match.allowed).encode()
            raise Problem("method-not-allowed", headers=[(b"allow", allowed)])
        except Problem as problem:
            request.refusal = _without_frames(problem)
            return self._refusal(request.path, problem, request.request_id)
        except asyncio.CancelledError:
            if not self._deadlines.expired(task):
                raise
            request.refusal = timed_out("The request did not end within its time.")
            return self._refusal(request.path, timed_out(), request.request_id)
        except Exception:
            log.exception("unexpected failure", extra={"request_id": request.request_id})
            request.refusal = Problem("internal-error")
            return self._refusal(request.path, Problem("internal-error"), request.request_id)
        finally:
            self._deadlines.leave(task)

    def _check(self, request: Request) -> None:
        """Refuse what no route should have to look at."""
        limit = self._most_header_bytes
        if len(b"".join(chain.from_iterable(request.scope["headers"]))) > limit:
            raise Problem("headers-too-large", f"At most {limit} bytes of headers are accepted.")
        if len(request.headers) != len(request.scope["headers"]):
            _refuse_repeated(request.scope["headers"])
        if len(request.path) + len(request.query) > MAX_PATH * 4:
            raise Problem("malformed-request", "The address is too long.")

    async def _fall_back(self, request: Request, send: Any) -> tuple[Answer | None, int]:
        """Let your own routes answer: (None, their status), or an answer where they have none."""
        answered = 0

        async def send_on(message: Any) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                if message["status"] == 404 and not request.scope.get("endpoint"):
                    return
                answered = message["status"]
                given = tuple((name.lower(), value) for name, value in message["headers"])
                extra = [(b"x-request-id", request.request_id.encode())]
                message = {**message, "headers": [*with_defaults(given), *extra]}
            if answered:
                await send(message)

        request.scope["services"] = request.services
        request.scope["request_id"] = request.request_id
        try:
            await self._fallback(request.scope, request._receive, send_on)
        except Exception:
            log.exception("unexpected failure", extra={"request_id": request.request_id})
            request.refusal = Problem("internal-error")
            answer = None if answered else self._refusal(request.path, request.refusal, request.request_id)
            return answer, 500
        return (
            (None, answered)
            if answered
            else (self._refusal(request.path, Problem("not-found"), request.request_id), 0)
        )

    def _route(self, request: Request, match: Match, own: int) -> str:
        """Return the template that a request is counted under: of a route of yours its own."""
        if match.route is not None:
            return match.route.path
        endpoint = request.scope.get("endpoint") if own else None
        if endpoint is None:
            return UNMATCHED
        routes = getattr(self._fallback, "routes", ())
        return next(
            (route.path for route in routes if getattr(route, "endpoint", None) is endpoint), UNMATCHED
        )

    def _start_message(self, request: Request, answer: Answer) -> dict[str, Any]:
        headers = with_defaults(answer.headers)
        headers.append((b"x-request-id", request.request_id.encode()))
        body = answer.body
        if answer.status != 304:  # its length would be that of the body which is not sent
            headers.append((b"content-length", b"%d" % len(body)))
        if body:
            headers.append((b"content-type", answer.content_type))
        if request.allowance is not None:
            headers += zip(RATE_HEADERS, map(_number, request.allowance), strict=True)
        origin = request.headers.get(b"origin")
        if origin is not None:
            headers += self._cors.headers(origin)
        return {"type": "http.response.start", "status": answer.status, "headers": headers}

    def _account(self, request: Request, route: str, status: int, started: float) -> None:
        seconds = time.perf_counter() - started
        method = request.method if route is not UNMATCHED else UNMATCHED
        counts.observe(method, route, status, seconds)
        actor = request.known_actor
        self._access_log.write(
            request.method,
            route,
            status,
            seconds,
            request.request_id,
            _caller(actor) if actor is not None else "",
            request.headers.get(b"traceparent"),
            request.refusal,
            request.span.trace_id if request.span is not None else "",
        )
        if request.span is not None:
            _end(request, route, status)


def _refuse_repeated(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse a request that says twice who calls, or for whom: what stands before the service may have looked at the other one."""
    names = [name for name, _ in headers if name in SAID_ONCE]
    if len(names) != len(set(names)):
        raise Problem("malformed-request", "A header that may come once comes several times.")


def _caller(actor: Actor) -> str:
    """Return who calls, for the log; '' where nobody is known."""
    return actor.caller or (actor.identity[0] if not actor.anonymous and actor.identity else "")


def _without_frames(problem: Problem) -> Problem:
    """Return a refusal that holds no frames. They hold the request, which holds the refusal: what had arrived of a body would stay in
    memory until the collector comes by."""
    problem.__traceback__ = problem.__context__ = problem.__cause__ = None
    return problem


def _end(request: Request, route: str, status: int) -> None:
    """End the span of a request. Refusals of its caller are no failures of the service."""
    span, refusal = request.span, request.refusal
    if span is not None:
        span.name = f"{request.method} {route}"
        code = refusal.code if refusal is not None else "error"
        span.end(
            code if status >= 500 else "",
            http__request__method=request.method,
            http__route=route,
            http__response__status_code=status,
        )


def _number(value: int) -> bytes:
    return b"%d" % value
