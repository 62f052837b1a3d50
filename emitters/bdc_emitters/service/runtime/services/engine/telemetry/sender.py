"""Sends spans and metrics to a collector, beside the answering of requests: a collector that is slow or away costs no request."""

import asyncio
import contextlib
import logging
import os
import socket
import time
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

import orjson
from prometheus_client.metrics_core import Metric

from services.about import SYSTEM, VERSION
from services.engine.config import Settings, TelemetrySettings
from services.engine.telemetry import otlp
from services.engine.telemetry.tracing import Tracer

log = logging.getLogger("services.telemetry")

SPANS_EVERY = 2.0
METRICS_EVERY = 30.0
SECONDS = 5.0
COMPLAINS_EVERY = 60.0


class Sender:
    """`lost`: documents that could not be sent; they are not tried again."""

    def __init__(self, settings: Settings, tracer: Tracer, families: Callable[[], Iterable[Metric]]) -> None:
        self._settings: TelemetrySettings = settings.telemetry
        self._tracer = tracer
        self._families = families
        self._started = time.time_ns()
        self._complained = float("-inf")
        self.lost = 0
        self.resource = otlp.resource(
            service__name=SYSTEM,
            service__version=VERSION,
            service__instance__id=f"{socket.gethostname()}-{os.getpid()}",
            deployment__environment__name=settings.environment,
        )

    async def run(self) -> None:
        """Send until cancelled; what is left is sent then."""
        next_metrics = time.monotonic() + METRICS_EVERY
        try:
            while True:
                await asyncio.sleep(SPANS_EVERY)
                await self.flush(metrics=time.monotonic() >= next_metrics)
                if time.monotonic() >= next_metrics:
                    next_metrics = time.monotonic() + METRICS_EVERY
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await self.flush(metrics=True)

    async def flush(self, *, metrics: bool) -> None:
        """Send what there is."""
        spans = self._tracer.take()
        if spans:
            await self._post("/v1/traces", otlp.traces(self.resource, spans))
        if metrics and self._settings.metrics:
            await self._post("/v1/metrics", otlp.metrics(self.resource, self._families(), self._started))

    async def _post(self, path: str, document: Any) -> None:
        try:
            await asyncio.to_thread(
                self._send, self._settings.endpoint.rstrip("/") + path, orjson.dumps(document)
            )
        except OSError as error:
            self.lost += 1
            if time.monotonic() - self._complained > COMPLAINS_EVERY:
                self._complained = time.monotonic()
                log.warning("telemetry cannot be sent: %s", error)

    def _send(self, url: str, body: bytes) -> None:
        headers = {"content-type": "application/json", **self._settings.headers}
        request = urllib.request.Request(url, body, headers)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # nosec B310
            answer.read()
