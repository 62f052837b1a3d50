"""The Grafana dashboard of a service: traffic, errors, latency, saturation, and what is left of each budget."""

from typing import Any

from bdc.ir import SystemIR
from bdc_emitters.monitoring.objectives import DURATION, Objective, budget_left

SOURCE = {"type": "prometheus", "uid": "$datasource"}
SELECT = 'job=~"$job",instance=~"$instance"'
RATE = "[$__rate_interval]"
WIDTH, HEIGHT = 12, 8


def dashboard(system: SystemIR, objectives: tuple[Objective, ...]) -> dict[str, Any]:
    """Return the dashboard's JSON model."""
    panels = [_panel(*panel) for panel in PANELS] + [_budget(objective) for objective in objectives]
    return {
        "title": system.title,
        "uid": f"bdc-{system.name}"[:40],
        "description": f"Traffic, errors, latency and saturation of {system.title}.",
        "editable": False,
        "schemaVersion": 39,
        "tags": ["bdc", system.name],
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": _variables()},
        "panels": [_placed(panel, number) for number, panel in enumerate(panels)],
    }


PANELS: tuple[tuple[str, str, str, str, str], ...] = (
    ("Requests", "Requests per second by route.", "reqps", f"sum by (route) (rate({DURATION}_count{{{SELECT}}}{RATE}))", "{{route}}"),
    ("Errors", "Ratio of requests that fail with a 5xx status.", "percentunit",
     f'sum(rate({DURATION}_count{{{SELECT},status=~"5.."}}{RATE})) / sum(rate({DURATION}_count{{{SELECT}}}{RATE}))', "5xx"),
    ("Latency p95", "95 % of requests are answered within this time.", "s",
     f"histogram_quantile(0.95, sum by (le) (rate({DURATION}_bucket{{{SELECT}}}{RATE})))", "p95"),
    ("Latency p99 by route", "The slowest routes.", "s",
     f"histogram_quantile(0.99, sum by (le, route) (rate({DURATION}_bucket{{{SELECT}}}{RATE})))", "{{route}}"),
    ("Requests in flight", "Requests that are being answered.", "short", f"sum(http_server_active_requests{{{SELECT}}})", "in flight"),
    ("Database connections in use", "Connections of the pool that are busy.", "short",
     f'sum(db_client_connections_in_use{{{SELECT}}})', "in use"),
    ("Requests that wait for a connection", "More than none for minutes: the pool is used up.", "short",
     f"sum(db_client_connections_waiting{{{SELECT}}})", "waiting"),
    ("Refused for their credentials", "Requests answered 401.", "reqps",
     f'sum(rate({DURATION}_count{{{SELECT},status="401"}}{RATE}))', "401"),
    ("Refused by the rate limit", "Requests answered 429.", "reqps", f"sum(rate(http_server_rate_limited_total{{{SELECT}}}{RATE}))", "429"),
)  # fmt: skip


def _panel(title: str, description: str, unit: str, expr: str, legend: str) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": expr, "legendFormat": legend}],
    }


def _budget(objective: Objective) -> dict[str, Any]:
    panel = _panel(
        f"Budget left: {objective.slug}",
        objective.promise,
        "percentunit",
        budget_left(objective),
        "left",
    )
    return panel | {"type": "stat"}


def _placed(panel: dict[str, Any], number: int) -> dict[str, Any]:
    place = {"h": HEIGHT, "w": WIDTH, "x": WIDTH * (number % 2), "y": HEIGHT * (number // 2)}
    return {"id": number + 1, **panel, "gridPos": place}


def _variables() -> list[dict[str, Any]]:
    def label(name: str, query: str) -> dict[str, Any]:
        return {
            "name": name,
            "label": name.capitalize(),
            "type": "query",
            "datasource": SOURCE,
            "query": query,
            "refresh": 2,
            "multi": True,
            "includeAll": True,
            "allValue": ".+",
        }

    source = {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}
    return [
        source,
        label("job", f"label_values({DURATION}_count, job)"),
        label("instance", f'label_values({DURATION}_count{{job=~"$job"}}, instance)'),
    ]
