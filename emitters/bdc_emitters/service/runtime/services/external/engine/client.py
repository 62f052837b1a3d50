"""One service and the calls of it: within the caller's time, again only where that does no harm, and not while it is down."""

import asyncio
import logging
import random
import time
import uuid
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import ValidationError

from services.engine.telemetry.tracing import CURRENT, Span
from services.external.engine import metrics
from services.external.engine.auth import Auth
from services.external.engine.breaker import Breaker
from services.external.engine.deadline import remaining
from services.external.engine.declared import External, Operation
from services.external.engine.errors import ExternalError
from services.external.engine.requests import Sent, Unsendable, request
from services.external.engine.settings import Configured, configured, connection_security

log = logging.getLogger("services.external")
# Its lines at INFO hold addresses, whose paths may hold what is personal.
logging.getLogger("httpx").setLevel(logging.WARNING)

LONGEST_ANSWER = 1_048_576
_LEAST = 0.005
_LOOK_AGAIN = 30.0
_LONGEST_CALL = 660.0
_TRANSIENT = frozenset({408, 425, 429})
_NUL = b"\\u0000"


class Client:
    """Calls of one service. `transport`: what stands in for the network."""

    def __init__(
        self, external: External, told: Configured, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.external = external
        self.breaker = Breaker(external.failures, external.open)
        self._address, self._transport = told.address, transport
        self._auth = Auth(external.auth, told)
        self._shown: tuple[float, Configured] = time.monotonic(), told
        self._http: tuple[asyncio.AbstractEventLoop, httpx.AsyncClient] | None = None
        self._running = 0

    async def call(self, operation: Operation, arguments: Mapping[str, Any], key: str | None = None) -> Any:
        """Return the answer, read as what was declared. `arguments`: as JSON has them; `key`: what the call is known by, if it is made again.
        Raises `ExternalError`."""
        begun, outcome = time.perf_counter(), "ok"
        try:
            return await self._attempts(operation, arguments, key or str(uuid.uuid4()))
        except ExternalError as error:
            outcome = error.reason
            log.warning("%s", error)
            if operation.fallback is None or operation.result is None or error.reason == "refused":
                raise
            outcome = "fallback"
            return operation.result.adapter.validate_json(operation.fallback)
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            name = self.external.name
            metrics.CALLS.labels(name, operation.name, outcome).inc()
            metrics.SECONDS.labels(name, operation.name).observe(time.perf_counter() - begun)

    async def _attempts(self, operation: Operation, arguments: Mapping[str, Any], key: str) -> Any:
        try:
            sent = request(operation, arguments, key)
        except Unsendable as error:
            raise self._error(operation, "refused", detail=str(error)) from None
        left, renewed = self.external.retry if operation.repeatable else 0, False
        pause = self.external.first_pause
        while True:
            try:
                return await self._attempt(operation, sent)
            except ExternalError as error:
                if error.answered == 401 and not renewed and self._auth.refused():
                    renewed = True
                    continue
                wait = max(error.after or 0.0, pause * random.uniform(0.5, 1.0))  # nosec B311
                too_long = wait > self.external.longest_pause or remaining(wait + 1) <= wait + _LEAST
                if not error.transient or left == 0 or too_long:
                    raise
            left, pause = left - 1, min(self.external.longest_pause, pause * 2)
            await asyncio.sleep(wait)

    async def _attempt(self, operation: Operation, sent: Sent) -> Any:
        """Make one request, if the service may be asked at all."""
        refused = self.breaker.opens_in()
        if refused:
            raise self._error(operation, "open", after=refused)
        if self._running >= self.external.bulkhead:
            raise self._error(operation, "full", after=1.0)
        seconds = remaining(self.external.timeout)
        if seconds <= _LEAST:
            raise self._error(operation, "timeout", detail="its caller has no time left")
        self._running += 1
        self.breaker.begin()
        metrics.RUNNING.labels(self.external.name).set(self._running)
        try:
            answer = await self._watched(operation, sent, seconds)
        except ExternalError as error:
            # What refuses a request is alive.
            self.breaker.succeeded() if error.reason == "refused" else self.breaker.failed()
            raise
        except BaseException:
            self.breaker.abandoned()
            raise
        else:
            self.breaker.succeeded()
            return answer
        finally:
            self._running -= 1
            metrics.RUNNING.labels(self.external.name).set(self._running)
            metrics.OPEN.labels(self.external.name).set(self.breaker.is_open)

    async def _watched(self, operation: Operation, sent: Sent, seconds: float) -> Any:
        """Make the request as a part of the trace of its caller, if that has one."""
        parent, failed = CURRENT.get(), "cancelled"
        metrics.ATTEMPTS.labels(self.external.name, operation.name).inc()
        span = None
        if parent is not None:
            name = f"{operation.method} {self.external.name}.{operation.name}"
            span = Span(parent.tracer, parent.trace_id, parent.span_id, name, 3, time.time_ns())
        try:
            found = await self._exchange(operation, sent, seconds, span)
            failed = ""
            return found
        except ExternalError as error:
            failed = error.reason
            raise
        finally:
            if span is not None:
                span.end(failed, http__request__method=operation.method, peer__service=self.external.name)

    async def _exchange(self, operation: Operation, sent: Sent, seconds: float, span: Span | None) -> Any:
        begun = False
        try:
            async with asyncio.timeout(seconds):
                client = self._client()
                shown = await self._auth.headers(client, sent.method, sent.target, sent.body)
                headers = {**sent.headers, **shown, **_traced(span)}
                begun = True
                built = client.build_request(
                    sent.method,
                    self._address + sent.target,
                    headers=headers,
                    content=sent.body or None,
                    extensions={"operation": operation.name, "timeout": httpx.Timeout(seconds).as_dict()},
                )
                response = await client.send(built, stream=True)
                try:
                    return await self._read(operation, response)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.TimeoutException) as error:
            connecting = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            raise self._error(operation, "timeout", unknown=begun and not connecting) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            connecting = isinstance(error, httpx.ConnectError)
            unknown = begun and not connecting
            raise self._error(
                operation, "unreachable", unknown=unknown, detail=type(error).__name__
            ) from None

    async def _read(self, operation: Operation, response: httpx.Response) -> Any:
        """Return what was answered. Raises `ExternalError` for what is no answer."""
        status = response.status_code
        if status in _TRANSIENT or status >= 500:
            # The service is at its limit, or broke down in the middle.
            unknown = status not in (429, 503)
            raise self._error(operation, "failed", answered=status, unknown=unknown, after=_after(response))
        if not 200 <= status < 300:
            raise self._error(operation, "refused", answered=status)
        if operation.result is None:
            return None
        body = b""
        async for part in response.aiter_bytes():
            body += part
            if len(body) > LONGEST_ANSWER:
                raise self._unreadable(operation, status, f"more than {LONGEST_ANSWER} bytes")
        if _NUL in body:
            raise self._unreadable(operation, status, "a text with the character 0")
        try:
            return operation.result.adapter.validate_json(body or b"null", extra="ignore")
        except ValidationError as error:
            places = [
                ".".join(map(str, each["loc"])) or "the body" for each in error.errors(include_input=False)
            ]
            raise self._unreadable(operation, status, ", ".join(places[:5])) from None

    def _unreadable(self, operation: Operation, status: int, detail: str) -> ExternalError:
        return self._error(operation, "unreadable", answered=status, unknown=True, detail=detail)

    def _error(self, operation: Operation, reason: Any, **more: Any) -> ExternalError:
        return ExternalError(self.external.name, operation.name, reason, **more)

    def _client(self) -> httpx.AsyncClient:
        """Return the connections of this event loop. No redirect is followed: it could lead elsewhere, with our credentials."""
        loop = asyncio.get_running_loop()
        self._renew()
        if self._http is None or self._http[0] is not loop:
            most = self.external.bulkhead
            limits = httpx.Limits(max_connections=most + 1, max_keepalive_connections=most)
            verify = (
                True
                if self._transport or not self._is_certified
                else connection_security(self._shown[1].secrets)
            )
            client = httpx.AsyncClient(
                transport=self._transport, follow_redirects=False, limits=limits, verify=verify
            )
            self._http = loop, client
        return self._http[1]

    @property
    def _is_certified(self) -> bool:
        return self.external.auth == "mtls"

    def _renew(self) -> None:
        """Look whether the certificate was replaced: then new calls use new connections."""
        looked, shown = self._shown
        if self._transport is not None or not self._is_certified or time.monotonic() < looked + _LOOK_AGAIN:
            return
        try:
            found = configured(self.external)
            if found.secrets != shown.secrets:
                connection_security(found.secrets)
                self._forget()
        except OSError as error:
            # Half of a replacement: the old one is good until it is whole.
            log.warning("the certificate for %s cannot be read: %s", self.external.name, error)
            found = shown
        self._shown = time.monotonic(), found

    def _forget(self) -> None:
        """Leave the connections that are open to the calls that use them, and close them later."""
        if self._http is not None:
            loop, old = self._http
            loop.call_later(_LONGEST_CALL, lambda: loop.create_task(old.aclose()))
            self._http = None


def _traced(span: Span | None) -> dict[str, str]:
    return {"traceparent": f"00-{span.trace_id}-{span.span_id}-01"} if span is not None else {}


def _after(response: httpx.Response) -> float | None:
    """Return what `Retry-After` asks for, in seconds."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
