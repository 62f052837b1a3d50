"""Alerts about jobs: runs that failed for good, and runs that no worker takes."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc_emitters.monitoring.alert import Alert

_LOOK = "`python -m services.worker list --status failed`: the job, its attempts and the last error, as lines of JSON."


def job_alerts(system: SystemIR, name: str, prefix: str) -> Iterator[Alert]:
    """Yield the alerts of a system with jobs. Every replica measures the whole queue, so that the largest number is the right one."""
    if system.jobs:
        yield _dead(system, name, prefix)
        yield _waiting(system, name, prefix)


def _dead(system: SystemIR, name: str, prefix: str) -> Alert:
    series = 'jobs_dead{job="' + f"{name}-worker" + '",task="a"}'
    return Alert(
        name=f"{prefix}JobsDead",
        slug=f"{name}-jobs",
        severity="ticket",
        expr="max by (task) (jobs_dead) > 0",
        wait="5m",
        summary=f"{system.title}: runs of a job failed for good",
        description="A run of a job has used up its attempts. It is kept until it is replayed or discarded.",
        cause="A row that a constraint keeps (a reference with `restrict`), a statement that takes longer than `timeout`, or a defect.",
        look=(_LOOK, "The log of the worker: each attempt has a line with the reason."),
        act=(
            "Mend the cause, then `python -m services.worker replay RUN`: it goes on where it stopped.",
            "Not needed any more: `python -m services.worker discard RUN`.",
        ),
        fires=((series, "0x5 1x60"),),
        silent=((series, "0x90"),),
        labels=(("task", "a"),),
    )


def _waiting(system: SystemIR, name: str, prefix: str) -> Alert:
    series = 'jobs_oldest_waiting_seconds{job="' + f"{name}-worker" + '",task="a"}'
    return Alert(
        name=f"{prefix}JobsWaiting",
        slug=f"{name}-jobs",
        severity="ticket",
        expr="max by (task) (jobs_oldest_waiting_seconds) > 900",
        wait="10m",
        summary=f"{system.title}: runs of a job are not taken",
        description="A run that is due has waited for more than 15 minutes.",
        cause="No worker runs, the job is paused, or all workers are busy with runs of higher priority.",
        look=(
            f"`kubectl get pods -l app.kubernetes.io/name={name}-worker`: do they run, are they ready?",
            "`python -m services.worker list --status doing`: what keeps them busy.",
        ),
        act=(
            "A paused job: `python -m services.worker resume JOB`.",
            "Busy workers: more replicas of the deployment of the worker.",
        ),
        fires=((series, "1000x90"),),
        silent=((series, "10x90"),),
        labels=(("task", "a"),),
    )
