"""A service that is not there: it answers with examples, keeps what it was asked, and can be told to fail. Nothing reaches the network."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from services.external.engine.declared import External

log = logging.getLogger("services.external.fake")
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as the service would have got it."""

    operation: str
    method: str
    target: str
    headers: dict[str, str]
    body: Any


@dataclass
class Fake:
    """`calls`: what was asked, the oldest first. `answers`: by operation, what is answered instead of the example: a status and JSON text, or a
    function of what was asked that returns them. `hang`: seconds before each answer."""

    external: External
    calls: list[Asked] = field(default_factory=list)
    answers: dict[str, tuple[int, str] | Callable[[Asked], tuple[int, str]]] = field(default_factory=dict)
    hang: float = 0.0

    def reset(self) -> None:
        """Forget what was asked, and answer with examples again."""
        self.calls.clear()
        self.answers.clear()
        self.hang = 0.0

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        """What stands in for the network."""
        return httpx.MockTransport(self._handle)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        operation = self.external.operation(request.extensions["operation"])
        content = request.content
        body = orjson.loads(content) if content else None
        target = request.url.raw_path.decode("ascii")
        asked = Asked(operation.name, request.method, target, dict(request.headers), body)
        self.calls.append(asked)
        del self.calls[:-MOST]
        log.info("fake of %s: %s %s", self.external.name, operation.name, request.method)
        if self.hang:
            await asyncio.sleep(self.hang)
        answer = self.answers.get(operation.name, (200, operation.example))
        status, text = answer(asked) if callable(answer) else answer
        return httpx.Response(status, content=text.encode(), headers={"content-type": "application/json"})
