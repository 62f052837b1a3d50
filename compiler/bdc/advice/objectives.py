"""What the declared objectives leave: minutes without service, answer times, time to restore."""

from math import log

from bdc.advice.numbers import count, percent, time
from bdc.advice.page import Chapter, Verdict
from bdc.advice.sizing import Sizing
from bdc.ir.sizes import database_cpu

MONTH = 30 * 86_400


def objectives(sizing: Sizing) -> Chapter:
    """Availability, latency, and recovery of the deploy."""
    lines: list[str] = []
    changes: list[str] = []
    numbers: dict[str, float] = {}
    _availability(sizing, lines, changes, numbers)
    _latency(sizing, lines, changes, numbers)
    _restore(sizing, lines, changes, numbers)
    finding = "What the objectives leave, and what uses it up."
    if not any(service.availability or service.latency_p95 for service in sizing.services):
        changes.append("Declare what is promised: `slo: { availability: 99.9%  latency_p95: 250ms }`.")
        return Chapter(
            "objectives", "Objectives", Verdict.ASK, "No objective is declared.", tuple(lines), tuple(changes)
        )
    verdict = Verdict.CHANGE if changes else Verdict.FITS
    return Chapter("objectives", "Objectives", verdict, finding, tuple(lines), tuple(changes), numbers)


def _availability(sizing: Sizing, lines: list[str], changes: list[str], numbers: dict[str, float]) -> None:
    database = sizing.deploy.database
    for service in sizing.services:
        if not service.availability:
            continue
        budget = (1 - service.availability) * MONTH
        numbers[f"{service.api}.budget"] = budget
        lines.append(
            f"{service.api}: {percent(service.availability)} of 30 days leave {time(budget)} without service"
        )
        if database.replicas < 2:
            lines.append("one database server: a lost node is a restore, not a failover")
            changes.append("One server cannot keep that objective through the loss of a node: `replicas: 2`.")
        else:
            lines.append(
                f"a failover takes {time(sizing.assume.failover)}: {count(budget / sizing.assume.failover)} of them use it up"
            )


def _latency(sizing: Sizing, lines: list[str], changes: list[str], numbers: dict[str, float]) -> None:
    limit = database_cpu(sizing.deploy.database)[1]
    used = sizing.database_cores / limit
    for (_, mix), service in zip(sizing.mixes, sizing.services, strict=True):
        if not service.latency_p95:
            continue
        if used >= 1:
            lines.append(
                f"{service.api}: the database is asked for {percent(used)} of its cores, so that answers wait without end"
            )
            continue
        slowest = max(a + b for _, _, a, b in sizing.costs(mix)) + sizing.assume.network
        estimate = slowest / 1e6 / (1 - used) * log(20)
        numbers[f"{service.api}.p95"] = estimate
        lines.append(
            f"{service.api}: slowest kind {count(slowest)} µs ÷ (1 − {percent(used)} of the cores) × ln 20 ="
            f" p95 of {time(estimate)}; promised are {time(service.latency_p95)}"
        )
        if estimate > service.latency_p95:
            changes.append(f"{service.api} does not keep its p95: more cores for the database.")


def _restore(sizing: Sizing, lines: list[str], changes: list[str], numbers: dict[str, float]) -> None:
    backup = sizing.deploy.backup
    seconds = sizing.data / sizing.assume.restore
    numbers["restore"] = seconds
    if backup is None:
        if sizing.deploy.name == "production":
            changes.append('There are no backups: `backup: { store: "s3://…"  rpo: 5m  rto: 1h }`.')
        return
    text = f"a restore reads {time(seconds)}, and then the write-ahead log since the last base backup"
    lines.append(text if backup.rto is None else f"{text}; allowed are {time(backup.rto)}")
    if backup.rto is not None and seconds > backup.rto:
        changes.append(
            f"A restore cannot end within {time(backup.rto)}: allow {time(seconds * 1.5)} (`rto`), or archive old rows."
        )
