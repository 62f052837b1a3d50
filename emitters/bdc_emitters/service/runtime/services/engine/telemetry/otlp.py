"""OTLP over HTTP, as JSON: what is sent is made here, and nothing is sent from here. See the encoding in the specification of OTLP 1.x."""

import time
from collections.abc import Iterable
from typing import Any

from prometheus_client.metrics_core import Metric

from services.engine.telemetry.tracing import Span

Data = dict[str, Any]
SCOPE = {"name": "service"}
_CUMULATIVE = 2
_ERROR = 2


def traces(resource: Data, spans: Iterable[Span]) -> Data:
    """Return the body for `/v1/traces`."""
    scope = {"scope": SCOPE, "spans": [_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def resource(**attributes: str) -> Data:
    """Return what sends: `service__name` is written `service.name`."""
    return {"attributes": _attributes({name.replace("__", "."): value for name, value in attributes.items()})}


def _span(span: Span) -> Data:
    found: Data = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.started),
        "endTimeUnixNano": str(span.ended),
        "attributes": _attributes(span.attributes),
    }
    if span.parent:
        found["parentSpanId"] = span.parent
    if span.failed:
        found["status"] = {"code": _ERROR, "message": span.failed}
    return found


def _attributes(values: Data) -> list[Data]:
    return [{"key": name, "value": _value(value)} for name, value in values.items()]


def _value(value: Any) -> Data:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": str(value)}


def metrics(sender: Data, families: Iterable[Metric], started: int) -> Data:
    """Return the body for `/v1/metrics`: what Prometheus would scrape. `started`: when counting began, in nanoseconds."""
    now = str(time.time_ns())
    times = {"startTimeUnixNano": str(started), "timeUnixNano": now}
    found = [made for family in families if (made := _metric(family, times)) is not None]
    return {"resourceMetrics": [{"resource": sender, "scopeMetrics": [{"scope": SCOPE, "metrics": found}]}]}


def _metric(family: Metric, times: Data) -> Data | None:
    head = {"name": family.name, "description": family.documentation}
    if family.type == "histogram":
        points = _histograms(family, times)
        return head | {"histogram": {"dataPoints": points, "aggregationTemporality": _CUMULATIVE}}
    samples = [each for each in family.samples if not each.name.endswith("_created")]
    points = [
        {**times, "attributes": _attributes(dict(each.labels)), "asDouble": float(each.value)}
        for each in samples
    ]
    if not points:
        return None
    if family.type == "counter":
        kept = {"dataPoints": points, "aggregationTemporality": _CUMULATIVE, "isMonotonic": True}
        return head | {"sum": kept}
    return head | {"gauge": {"dataPoints": points}}


def _histograms(family: Metric, times: Data) -> list[Data]:
    series: dict[tuple[tuple[str, str], ...], Data] = {}
    for sample in family.samples:
        labels = {name: value for name, value in sample.labels.items() if name != "le"}
        point = series.setdefault(
            tuple(sorted(labels.items())), {"labels": labels, "buckets": [], "sum": 0.0}
        )
        if sample.name.endswith("_bucket"):
            point["buckets"].append((float(sample.labels["le"]), int(sample.value)))
        elif sample.name.endswith("_sum"):
            point["sum"] = float(sample.value)
    return [_point(point, times) for point in series.values() if point["buckets"]]


def _point(point: Data, times: Data) -> Data:
    """Counts per bucket: those of Prometheus include the smaller buckets, those of OTLP do not."""
    buckets = sorted(point["buckets"])
    counts = [count for _, count in buckets]
    own = [count - before for count, before in zip(counts, [0, *counts], strict=False)]
    return {
        **times,
        "attributes": _attributes(point["labels"]),
        "count": str(counts[-1]),
        "sum": point["sum"],
        "bucketCounts": [str(each) for each in own],
        "explicitBounds": [bound for bound, _ in buckets[:-1]],
    }
