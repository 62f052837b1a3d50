"""`promtool test rules` cases: each alert fires on what it is for, stays silent below it, and stays silent without traffic."""

from typing import Any

from bdc_emitters.monitoring.objectives import DURATION, Objective
from bdc_emitters.monitoring.rules import BURNS, RUNBOOKS, days_left

MINUTES = 180
PER_MINUTE = 6000


def rule_tests(objectives: tuple[Objective, ...]) -> dict[str, Any]:
    """Return the test file: per objective a burst that pages, a healthy hour, and one bad request in a quiet night."""
    cases = [case for objective in objectives for case in _cases(objective)]
    return {"rule_files": ["rules.yml"], "evaluation_interval": "30s", "tests": cases}


def _cases(objective: Objective) -> list[dict[str, Any]]:
    burst = min(0.9, objective.budget * BURNS[0].rate * 1.5)
    return [
        _case(objective, "a burst pages", burst, PER_MINUTE, fires=True),
        _case(objective, "half the budget is silent", objective.budget * 0.5, PER_MINUTE, fires=False),
        _case(objective, "one request in a quiet night is silent", 1.0, 0, fires=False),
    ]


def _case(objective: Objective, name: str, ratio: float, per_minute: int, *, fires: bool) -> dict[str, Any]:
    bad = round(per_minute * ratio)
    alert: dict[str, Any] = {"eval_time": "90m", "alertname": objective.alert, "exp_alerts": []}
    if fires:
        alert["exp_alerts"] = [_expected(objective, bad / per_minute, index) for index in (0, 1, 2, 3)]
    return {
        "name": f"{objective.slug}: {name}",
        "interval": "1m",
        "input_series": _series(objective, per_minute - bad, bad),
        "alert_rule_test": [alert],
    }


def _series(objective: Objective, good: int, bad: int) -> list[dict[str, str]]:
    def series(labels: str, step: int) -> dict[str, str]:
        return {"series": f"{DURATION}{labels}", "values": f"0+{step}x{MINUTES}"}

    job = f'job="{objective.job}"'
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
