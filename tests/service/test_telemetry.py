"""Traces and metrics by OTLP: what is decided, what is sent, and what never is."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.service.test_edge import Connection, asked, edge

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


class Collector(ThreadingHTTPServer):
    """Keeps what it is sent, by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: dict[str, list[Any]] = {"/v1/traces": [], "/v1/metrics": []}

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for document in self.got["/v1/traces"]
            for each in document["resourceSpans"]
            for scope in each["scopeSpans"]
            for span in scope["spans"]
        ]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got[self.path].append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def tracer(**settings: Any) -> Any:
    from services.engine.config import TelemetrySettings
    from services.engine.telemetry.tracing import Tracer

    return Tracer(TelemetrySettings(endpoint="http://x", **settings))


def test_sampling_is_decided_before_a_span_exists(emitted: None) -> None:
    always, never = tracer(sample=1.0), tracer(sample=0.0)
    assert never.begin(None) is None and always.begin(None).trace_id
    assert never.begin(PARENT.encode()).trace_id == TRACE, "the caller's decision counts"
    assert always.begin(PARENT[:-2].encode() + b"00") is None
    for wrong in (PARENT.replace("-", "_"), PARENT.replace(TRACE, "0" * 32), PARENT.replace("4bf9", "xyz0")):
        assert never.begin(wrong.encode()) is None, "what cannot be read decides nothing"
    few = tracer(sample=0.0, most_per_second=5)
    assert sum(few.begin(PARENT.encode()) is not None for _ in range(50)) <= 10, (
        "callers cannot have all traced"
    )


@pytest.mark.postgres
def test_a_request_and_its_statement_reach_the_collector(
    built: Any, collector: Collector, database: Any
) -> None:
    from api.engine.http.answer import Answer
    from api.engine.middleware import metrics
    from services.data.engine.database import Database
    from services.engine.config import DatabaseSettings, TelemetrySettings, load_settings
    from services.engine.problems import Problem, unavailable
    from services.engine.telemetry.sender import Sender
    from services.engine.telemetry.tracing import Tracer

    db = Database(DatabaseSettings(url=database.superuser_url))
    telemetry = TelemetrySettings(endpoint=f"http://127.0.0.1:{collector.server_port}", sample=0.0)
    settings = replace(load_settings({}, built / "config"), telemetry=telemetry)

    async def endpoint(request: Any) -> Any:
        if request.parameters["id"] == "away":
            raise unavailable("The database cannot be reached.")
        return Answer(200, str(await db.fetchval("select $1::text", "a secret")).encode())

    async def story() -> None:
        traced = Tracer(telemetry)
        made = edge(endpoint, built)
        made.start(made._services, made._access_log, traced)
        for path, headers in (
            ("/things/7", {}),
            ("/things/7", {"traceparent": PARENT}),
            ("/things/away", {"traceparent": PARENT}),
        ):
            await asked(made, Connection("GET", path, headers))
        sender = Sender(settings, traced, metrics.REGISTRY.collect)
        await sender.flush(metrics=True)
        assert sender.lost == 0
        await db.close(1)

    asyncio.run(story())
    assert Problem
    statement, request, failed = collector.spans
    assert {span["traceId"] for span in collector.spans} == {TRACE}, "a request without the flag left nothing"
    assert request["parentSpanId"] == "00f067aa0ba902b7" and request["name"] == "GET /things/{id}"
    assert statement["parentSpanId"] == request["spanId"] and statement["name"] == "SELECT postgresql"
    assert "secret" not in json.dumps(collector.got), "values are in no span"
    assert failed["status"] == {"code": 2, "message": "unavailable"}
    (document,) = collector.got["/v1/metrics"]
    found = {each["name"]: each for each in document["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]}
    for point in found["db_client_operation_duration_seconds"]["histogram"]["dataPoints"]:
        assert sum(map(int, point["bucketCounts"])) == int(point["count"]) >= 1
        assert len(point["bucketCounts"]) == len(point["explicitBounds"]) + 1
    assert "gauge" in found["database_release_present"]


def test_a_collector_that_is_away_costs_no_request(built: Any, caplog: pytest.LogCaptureFixture) -> None:
    from services.engine.config import TelemetrySettings, load_settings
    from services.engine.telemetry.sender import Sender
    from services.engine.telemetry.tracing import MOST_WAITING, Tracer

    telemetry = TelemetrySettings(endpoint="http://127.0.0.1:9", sample=1.0, most_per_second=10**6)
    settings = replace(load_settings({}, built / "config"), telemetry=telemetry)

    async def story() -> None:
        traced = Tracer(telemetry)
        for _ in range(MOST_WAITING + 5):
            traced.begin(None).end()
        assert traced.dropped == 5
        sender = Sender(settings, traced, list)
        await sender.flush(metrics=True)
        assert sender.lost == 2

    asyncio.run(story())
    assert caplog.text.count("telemetry cannot be sent") == 1


def test_the_log_says_code_cause_and_trace(built: Any) -> None:
    import io

    from api.engine.middleware.access_log import AccessLog
    from services.engine.problems import unavailable

    stream = io.TextIOWrapper(io.BytesIO())
    log = AccessLog("all", stream)
    refusal = unavailable("No connection to the database became free in time.")
    log.write("GET", "/a", 503, 0.1, "r", "", None, refusal, TRACE)
    log.write("GET", "/a", 200, 0.1, "r", "", PARENT.encode())
    log.flush()
    first, second = (json.loads(line) for line in stream.buffer.getvalue().splitlines())  # type: ignore[attr-defined]
    assert (first["code"], first["cause"], first["trace_id"]) == ("unavailable", refusal.detail, TRACE)
    assert second["trace_id"] == TRACE and "code" not in second


def test_own_routes_are_counted_under_their_own_name(built: Any) -> None:
    from prometheus_client import generate_latest
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    from api.engine.middleware import metrics
    from tests.service.test_edge import fine

    async def good(request: Any) -> Any:
        return PlainTextResponse("mine")

    async def bad(request: Any) -> Any:
        raise RuntimeError("broken")

    async def story() -> None:
        made = edge(fine, built)
        made._fallback = Starlette(routes=[Route("/mine/{x}", good), Route("/broken", bad)])
        for path, status in (("/mine/1", 200), ("/broken", 500), ("/nothing", 404)):
            assert (await asked(made, Connection("GET", path))).status == status

    asyncio.run(story())
    text = generate_latest(metrics.REGISTRY).decode()
    for line in (
        'count{method="GET",route="/mine/{x}",status="200"} 1.0',
        'count{method="GET",route="/broken",status="500"} 1.0',
        'count{method="unmatched",route="unmatched",status="404"} 1.0',
    ):
        assert line in text
