"""Alerts about events: they are not routed, or deliveries were given up."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc_emitters.monitoring.alert import Alert


def relay_alerts(system: SystemIR, name: str, prefix: str) -> Iterator[Alert]:
    """Yield the alerts of a system that sends events."""
    job = f'job="{name}-relay"'
    age, dead = (
        f'{metric}{{{job},instance="a"}}' for metric in ("outbox_age_seconds", "webhook_dead_letters")
    )
    yield Alert(
        name=f"{prefix}OutboxStuck",
        slug=f"{name}-outbox",
        severity="page",
        expr=f"max(outbox_age_seconds{{{job}}}) > 300 or absent(outbox_age_seconds{{{job}}})",
        wait="5m",
        summary=f"{system.title}: events wait in the outbox",
        description="The oldest event has not been routed for five minutes, or no relay shows its metrics.",
        cause="No relay runs, none can reach the database, or its statements fail.",
        look=(
            "The log of the relay: what the database refused.",
            "`python -m services.relay status`: how many events wait, and for how long.",
            "`select * from app.relay_lease`: which relay routes (slot 0), and until when.",
        ),
        act=(
            "Start the relay, or mend what its log names. Nothing is lost: events wait in the outbox.",
            "A relay that hangs: end it; another takes its work after ten seconds.",
        ),
        fires=((age, "0+60x90"),),
        silent=((age, "1x90"),),
    )
    yield Alert(
        name=f"{prefix}DeadLetters",
        slug=f"{name}-dead-letters",
        severity="ticket",
        expr=f"max(webhook_dead_letters{{{job}}}) > 0 or max(stream_dead_letters{{{job}}}) > 0",
        wait="10m",
        summary=f"{system.title}: deliveries of events were given up",
        description="Endpoints did not take events within the declared number of attempts.",
        cause="An endpoint is down, refuses the event, or its certificate or address is wrong.",
        look=("`python -m services.relay dead`: which events, which subscriptions, and the last answer.",),
        act=(
            "Once the endpoint is back: `python -m services.relay replay --subscription KEY` delivers in order.",
            "Not needed any more: `python -m services.relay discard --subscription KEY`.",
        ),
        fires=((dead, "1x90"),),
        silent=((dead, "0x90"),),
    )
