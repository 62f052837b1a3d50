"""`promtool test rules` cases: each alert fires on what it is for, stays silent below it, and stays silent without traffic."""

from typing import Any

from bdc_emitters.monitoring.alert import Alert, Series
from bdc_emitters.monitoring.objectives import DURATION, Objective, budget_left
from bdc_emitters.monitoring.rules import BURNS, RUNBOOKS, annotations, days_left

MINUTES = 180
PER_MINUTE = 6000


def rule_tests(
    objectives: tuple[Objective, ...], alerts: tuple[Alert, ...], files: tuple[str, ...]
) -> dict[str, Any]:
    """Return the test file: per objective a burst that pages, a healthy hour, one bad request in a quiet night, and what is left
    of the budget; per alert what fires it, and what does not."""
    cases = [case for objective in objectives for case in _cases(objective)]
    cases += [case for alert in alerts for case in _alert_cases(alert)]
    return {"rule_files": list(files), "evaluation_interval": "30s", "tests": cases}


def _cases(objective: Objective) -> list[dict[str, Any]]:
    burst = min(0.9, objective.budget * BURNS[0].rate * 1.5)
    probes = _series(objective, PER_MINUTE, 0, "/readyz")
    quiet = [*_series(objective, 0, 0), *_series(objective, 10, 1, "/readyz")]
    return [
        _case(objective, "a burst pages", burst, PER_MINUTE, fires=True),
        _case(objective, "a burst pages while probes are well", burst, PER_MINUTE, fires=True, beside=probes),
        _case(objective, "half the budget is silent", objective.budget * 0.5, PER_MINUTE, fires=False),
        _case(objective, "one request in a quiet night is silent", 1.0, 0, fires=False),
        _case(objective, "a failed probe in a quiet night is silent", 0.0, 0, fires=False, beside=quiet),
        _budget_case(objective, "before the first error", 0, 1.0),
        _budget_case(objective, "half is spent", round(PER_MINUTE * objective.budget * 0.5), None),
    ]


def _budget_case(objective: Objective, name: str, bad: int, left: float | None) -> dict[str, Any]:
    """What the dashboard says is left equals what was spent."""
    value = round(1 - bad / PER_MINUTE / objective.budget, 3) if left is None else left
    labels = f'{{slo="{objective.slug}"}}'
    expectation = {
        "expr": f"round({budget_left(objective)}, 0.001)",
        "eval_time": "90m",
        "exp_samples": [{"labels": labels, "value": value}],
    }
    series = _series(objective, PER_MINUTE - bad, bad)
    return {
        "name": f"{objective.slug}: budget, {name}",
        "interval": "1m",
        "input_series": [each for each in series if bad or 'status="500"' not in each["series"]],
        "promql_expr_test": [expectation],
    }


def _alert_cases(alert: Alert) -> list[dict[str, Any]]:
    fired = {
        "exp_labels": {**dict(alert.labels), "severity": alert.severity},
        "exp_annotations": annotations(alert),
    }
    return [
        _alert_case(alert, f"{alert.name} fires", alert.fires, [fired]),
        _alert_case(alert, f"{alert.name} is silent", alert.silent, []),
    ]


def _alert_case(alert: Alert, name: str, series: Series, expected: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "interval": "1m",
        "input_series": [{"series": labels, "values": values} for labels, values in series],
        "alert_rule_test": [{"eval_time": alert.after, "alertname": alert.name, "exp_alerts": expected}],
    }


def _case(
    objective: Objective,
    name: str,
    ratio: float,
    per_minute: int,
    *,
    fires: bool,
    beside: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    bad = round(per_minute * ratio)
    alert: dict[str, Any] = {"eval_time": "90m", "alertname": objective.alert, "exp_alerts": []}
    if fires:
        alert["exp_alerts"] = [_expected(objective, bad / per_minute, index) for index in (0, 1, 2, 3)]
    return {
        "name": f"{objective.slug}: {name}",
        "interval": "1m",
        "input_series": [*_series(objective, per_minute - bad, bad), *(beside or ())],
        "alert_rule_test": [alert],
    }


def _series(objective: Objective, good: int, bad: int, route: str = "/v1/things") -> list[dict[str, str]]:
    def series(labels: str, step: int) -> dict[str, str]:
        return {"series": f"{DURATION}{labels}", "values": f"0+{step}x{MINUTES}"}

    job = f'job="{objective.job}",route="{route}"'
    if "_bucket" in objective.bad:
        edge = objective.bad.split('le="')[1].split('"')[0]
        return [
            series(f'_count{{{job},status="200"}}', good + bad),
            series(f'_bucket{{{job},status="200",le="{edge}"}}', good),
        ]
    return [
        series(f'_count{{{job},status="200"}}', good),
        series(f'_count{{{job},status="500"}}', bad),
    ]


def _expected(objective: Objective, ratio: float, index: int) -> dict[str, Any]:
    burn = BURNS[index]
    percent = f"{ratio * 100:.4g}%"
    return {
        "exp_labels": {
            "severity": burn.severity,
            "slo": objective.slug,
            "long": burn.long,
            "short": burn.short,
        },
        "exp_annotations": {
            "summary": f"{objective.title}: {percent} of requests are bad over {burn.long}",
            "description": f"{objective.promise} At this pace the budget is gone in {days_left(burn)}.",
            "runbook_url": f"{RUNBOOKS}/{objective.slug}.md",
        },
    }
