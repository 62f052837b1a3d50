"""Requests, and the processors that they keep busy."""

from math import ceil

from bdc.advice.numbers import count, percent, plural, step
from bdc.advice.page import Chapter, Verdict
from bdc.advice.sizing import Sizing
from bdc.ir.sizes import CPU_TARGET, database_cpu, service_cpu

CORES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 48.0, 64.0, 96.0, 128.0)


def requests(sizing: Sizing) -> Chapter:
    """How many requests of each kind."""
    lines, asks = [], []
    for api, mix in sizing.mixes:
        said = "declared" if mix.rate_declared else "not declared, assumed"
        lines.append(f"{api.name}: {count(mix.total)} requests/s ({said})")
        lines += [
            f"  {kind}: {count(rate)}/s = {percent(rate / mix.total)}" for kind, rate in mix.parts().items()
        ]
        if not mix.rate_declared:
            asks.append(f"Declare the requests at the peak: `load {{ {api.name}: 100 rps }}`.")
        elif not mix.parts_declared:
            rate = max(1, int(mix.total / 10))
            asks.append(
                f"Declare which of them write: `load {{ {api.name}.writes: {rate:,} rps }}`"
                f" (also `operations`, `graphql`).".replace(",", "_", f"{rate:,}".count(","))
            )
    finding = f"{count(sizing.rate)} requests per second at the peak."
    if asks:
        finding += " Their kinds are assumed, not declared."
    verdict = Verdict.ASK if asks else Verdict.NOTE
    return Chapter("requests", "Requests", verdict, finding, tuple(lines), tuple(asks), {"rate": sizing.rate})


def service_processor(sizing: Sizing) -> Chapter:
    """How many replicas the requests of each api need."""
    lines: list[str] = []
    changes: list[str] = []
    numbers: dict[str, float] = {}
    for (api, mix), service in zip(sizing.mixes, sizing.services, strict=True):
        busy = sizing.cores(mix)[0]
        for kind, rate, cost, _ in sizing.costs(mix):
            lines.append(f"{kind}: {count(rate)}/s × {count(cost)} µs = {count(rate * cost / 1e6)} cores")
        asked, target = service_cpu(service)[0], service.cpu_target or CPU_TARGET
        needed = max(1, ceil(busy / (asked * target)))
        lines.append(
            f"{api.name}: {count(busy)} cores ÷ ({count(asked)} cores a replica × {percent(target)}) = {plural(needed, 'replica')}"
            f"; written are {service.replicas_min} to {service.replicas_max}"
        )
        numbers[f"{api.name}.replicas"] = needed
        if needed > service.replicas_max:
            changes.append(f"Let {api.name} grow further: `replicas: {service.replicas_min}..{needed}`.")
        elif service.replicas_min < 2 and not sizing.deploy.database.embedded:
            most = max(2, service.replicas_max)
            changes.append(
                f"Run two replicas of {api.name} at least, for one of them is always about to be replaced: `replicas: 2..{most}`."
            )
    verdict = Verdict.CHANGE if changes else Verdict.FITS
    total = sum(sizing.cores(mix)[0] for _, mix in sizing.mixes)
    finding = f"The service needs {count(total)} cores at the peak."
    return Chapter(
        "service",
        "Replicas of the service",
        verdict,
        finding,
        tuple(lines),
        tuple(changes),
        {"cores": total, **numbers},
    )


def database_processor(sizing: Sizing) -> Chapter:
    """Whether the cores of the primary are enough."""
    busy, limit = sizing.database_cores, database_cpu(sizing.deploy.database)[1]
    lines = [
        f"{kind}: {count(rate)}/s × {count(cost)} µs = {count(rate * cost / 1e6)} cores"
        for _, mix in sizing.mixes
        for kind, rate, _, cost in sizing.costs(mix)
    ]
    needed = busy / sizing.assume.busy
    lines.append(
        f"{count(busy)} cores busy ÷ {percent(sizing.assume.busy)} = {count(needed)} cores; the limit is {count(limit)}"
    )
    changes = []
    if needed > limit:
        cores = step(needed, *CORES)
        changes.append(f"Give the database more cores: `cpu: {count(cores / 2)}..{count(cores)}`.")
    finding = (
        f"PostgreSQL keeps {count(busy)} cores busy at the peak, {percent(busy / limit)} of its limit."
        " Replicas do not help here: every statement goes to the primary."
    )
    verdict = Verdict.CHANGE if changes else Verdict.FITS
    numbers = {"busy": busy, "needed": needed, "limit": limit}
    return Chapter(
        "database", "Cores of the database", verdict, finding, tuple(lines), tuple(changes), numbers
    )
