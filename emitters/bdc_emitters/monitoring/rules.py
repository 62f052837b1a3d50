"""Recording rules and multi-window burn-rate alerts."""

from collections.abc import Iterable
from typing import Any

from bdc.source.records import dataclass
from bdc_emitters.monitoring.alert import Alert
from bdc_emitters.monitoring.objectives import Objective

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
# Below this many requests per second a single failure would page somebody.
MINIMUM_RATE = 0.05
RUNBOOKS = "infrastructure/monitoring/runbooks"


@dataclass(frozen=True, slots=True)
class Burn:
    """`rate` times the even pace, seen over `long` and still over `short`."""

    severity: str
    long: str
    short: str
    rate: float


# Budget spent when it fires: 2 % in 1 h, 5 % in 6 h (pages); 10 % in 1 d, 10 % in 3 d (tickets).
BURNS = (
    Burn("page", "1h", "5m", 14.4),
    Burn("page", "6h", "30m", 6.0),
    Burn("ticket", "1d", "2h", 3.0),
    Burn("ticket", "3d", "6h", 1.0),
)


def rule_groups(objective: Objective) -> list[dict[str, Any]]:
    """Return the recording and the alerting group of one objective."""
    return [
        {
            "name": f"slo:{objective.slug}:recording",
            "interval": "30s",
            "rules": [_ratio(objective, window) for window in WINDOWS] + [_traffic(objective)],
        },
        {"name": f"slo:{objective.slug}:alerts", "rules": [_alert(objective, burn) for burn in BURNS]},
    ]


def _ratio(objective: Objective, window: str) -> dict[str, Any]:
    # Without requests there is no ratio; 0 divided by 0 would stay in every average over it.
    expr = f"{objective.bad} / ({objective.all} > 0)".replace("WINDOW", window)
    return {"record": f"slo:sli_error:ratio_rate{window}", "expr": expr, "labels": {"slo": objective.slug}}


def _traffic(objective: Objective) -> dict[str, Any]:
    expr = objective.all.replace("WINDOW", "1h")
    return {"record": "slo:requests:rate1h", "expr": expr, "labels": {"slo": objective.slug}}


def _alert(objective: Objective, burn: Burn) -> dict[str, Any]:
    limit = f"{burn.rate * objective.budget:.6g}"
    select = f'{{slo="{objective.slug}"}}'
    expr = (
        f"slo:sli_error:ratio_rate{burn.long}{select} > {limit}\n"
        f"and slo:sli_error:ratio_rate{burn.short}{select} > {limit}\n"
        f"and slo:requests:rate1h{select} > {MINIMUM_RATE:g}\n"
    )
    return {
        "alert": objective.alert,
        "expr": expr,
        "for": "2m",
        "labels": {"severity": burn.severity, "slo": objective.slug, "long": burn.long, "short": burn.short},
        "annotations": {
            "summary": f"{objective.title}: {{{{ $value | humanizePercentage }}}} of requests are bad over {burn.long}",
            "description": f"{objective.promise} At this pace the budget is gone in {days_left(burn)}.",
            "runbook_url": f"{RUNBOOKS}/{objective.slug}.md",
        },
    }


def alert_group(name: str, alerts: Iterable[Alert]) -> dict[str, Any]:
    """Return the group of the alerts that are no objectives."""
    return {"name": name, "rules": [_rule(alert) for alert in alerts]}


def _rule(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "expr": alert.expr,
        "for": alert.wait,
        "labels": {"severity": alert.severity},
        "annotations": annotations(alert),
    }


def annotations(alert: Alert) -> dict[str, str]:
    """Return what a receiver is told."""
    return {
        "summary": alert.summary,
        "description": alert.description,
        "runbook_url": f"{RUNBOOKS}/{alert.slug}.md",
    }


def days_left(burn: Burn) -> str:
    days = 30 / burn.rate
    return f"{days:.0f} days" if days >= 2 else f"{days * 24:.0f} hours"
