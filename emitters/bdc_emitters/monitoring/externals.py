"""Alerts about other services: one that is left alone because it fails."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc_emitters.monitoring.alert import Alert


def external_alerts(system: SystemIR, name: str, prefix: str) -> Iterator[Alert]:
    """Yield the alerts of a system that calls other services."""
    if not (system.calling_jobs or system.calling_operations):
        return
    series = 'external_breaker_open{job="' + name + '",instance="a",external="A"}'
    yield Alert(
        name=f"{prefix}ExternalDown",
        slug=f"{name}-external",
        severity="ticket",
        expr="max by (external) (max_over_time(external_breaker_open[5m])) > 0",
        wait="10m",
        summary=f"{system.title}: another service that it calls does not answer",
        description="For ten minutes calls of this service have failed so often that they are not made any more, but for one now and then.",
        cause="The service is down or slow, its address or a credential is wrong, or a network policy keeps calls from it.",
        look=(
            "`sum by (external, operation, outcome) (rate(external_calls_total[5m]))`: timeout, unreachable, failed, unreadable or refused?",
            "The log of the logger `services.external`: each failure has a line with operation and outcome.",
        ),
        act=(
            "Down: tell its operators. Requests that need it are answered 503, jobs are tried again; the rest goes on.",
            "`unreadable` after a release of theirs: compare what they answer with the `external` of the specification.",
            "Runs of jobs that ended meanwhile: `python -m services.worker list --status failed`, then `replay` them.",
        ),
        fires=((series, "1x90"),),
        silent=((series, "0x90"),),
        labels=(("external", "A"),),
    )
