"""The objectives of a system: what is promised, and the PromQL that measures it."""

from bdc.ir import ServiceDeploy, SystemIR
from bdc.naming.dns import label
from bdc.source.records import dataclass

DURATION = "http_server_request_duration_seconds"
LATENCY_RATIO = 0.95
# Asked by machines every few seconds: they would hide what users wait for, and count a probe that failed at night.
PROBES = "/healthz|/readyz|/metrics"


@dataclass(frozen=True, slots=True)
class Objective:
    """`budget`: the ratio of requests that may be bad. `bad` and `all`: PromQL with `WINDOW` in place of the range."""

    slug: str
    alert: str
    title: str
    job: str
    budget: float
    bad: str
    all: str
    promise: str
    cause: str


def objectives_of(system: SystemIR) -> tuple[Objective, ...]:
    """Take the promises of the production deploy (else of the first that makes any)."""
    for deploy in sorted(system.deploys, key=lambda deploy: deploy.name != "production"):
        for service in deploy.services:
            if service.availability or service.latency_p95:
                return _objectives(system, service)
    return ()


def _objectives(system: SystemIR, service: ServiceDeploy) -> tuple[Objective, ...]:
    found = []
    if service.availability:
        found.append(_availability(system, service.availability))
    if service.latency_p95:
        found.append(_latency(system, service.latency_p95))
    return tuple(found)


def budget_left(objective: Objective) -> str:
    """Return PromQL for the part of the budget of 30 days that is left."""
    ratio = f'slo:sli_error:ratio_rate5m{{slo="{objective.slug}"}}[30d]'
    return f"1 - (sum_over_time({ratio}) / count_over_time({ratio})) / {objective.budget:g}"


def users(job: str) -> str:
    """Return the labels of what users asked."""
    return f'job="{job}",route!~"{PROBES}"'


def camel(system: SystemIR) -> str:
    """Return the beginning of the names of alerts."""
    return "".join(part.capitalize() for part in system.name.split("_"))


def _names(system: SystemIR, kind: str) -> tuple[str, str, str]:
    job = label(system.name)
    return f"{job}-{kind}", f"{camel(system)}{kind.capitalize()}BudgetBurn", job


def _availability(system: SystemIR, ratio: float) -> Objective:
    slug, alert, job = _names(system, "availability")
    return Objective(
        slug=slug,
        alert=alert,
        title=f"{system.title}: availability",
        job=job,
        budget=round(1 - ratio, 6),
        # Before the first error there is no such series: that is no error, and not no answer.
        bad=f'(sum(rate({DURATION}_count{{{users(job)},status=~"5.."}}[WINDOW])) or vector(0))',
        all=f"sum(rate({DURATION}_count{{{users(job)}}}[WINDOW]))",
        promise=f"{ratio * 100:g} % of requests do not fail with a 5xx status, over 30 days.",
        cause="The database is unreachable or its pool exhausted, a deployment went wrong, or a dependency fails.",
    )


def _latency(system: SystemIR, seconds: float) -> Objective:
    # The service's histogram has a bucket at exactly the declared latency.
    slug, alert, job = _names(system, "latency")
    good = f'(sum(rate({DURATION}_bucket{{{users(job)},le="{seconds:g}"}}[WINDOW])) or vector(0))'
    everything = f"sum(rate({DURATION}_count{{{users(job)}}}[WINDOW]))"
    return Objective(
        slug=slug,
        alert=alert,
        title=f"{system.title}: latency",
        job=job,
        budget=round(1 - LATENCY_RATIO, 6),
        bad=f"({everything} - {good})",
        all=everything,
        promise=f"95 % of requests are answered within {seconds * 1000:g} ms, over 30 days.",
        cause="A statement lost its index or its plan, the pool is too small for the load, or the machine is short of CPU.",
    )
