"""When a job is due. Times of cron are local times: one that a change of the clock skips is due at the change, one that comes twice is due
once (as in Debian's cron)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from services.worker.engine.job import Job

# How far back the last time is looked for, from near to far: a scheduled time is rarely older than a day.
_BACK = tuple(timedelta(hours=hours) for hours in (2, 26, 24 * 8, 24 * 32, 24 * 367, 24 * 1500))


def last_due(job: Job, now: datetime) -> int | None:
    """Return the last time, at or before `now`, at which the job was due, in seconds since 1970; None where there was none."""
    if job.every:
        return int(now.timestamp()) // job.every * job.every
    # Times of one zone are compared, and counted with, as clocks show them: across a change of the clock that is wrong.
    zone, limit = ZoneInfo(job.zone), now.timestamp()
    for back in _BACK:
        found = None
        for tick in CronSim(job.cron, (now.astimezone(UTC) - back).astimezone(zone)):
            if tick.timestamp() > limit:
                break
            found = tick
        if found is not None:
            return int(found.timestamp())
    return None


def next_due(job: Job, now: datetime) -> float:
    """Return the next time after `now`, in seconds since 1970."""
    if job.every:
        return float((int(now.timestamp()) // job.every + 1) * job.every)
    times = (tick.timestamp() for tick in CronSim(job.cron, now.astimezone(ZoneInfo(job.zone))))
    # In an hour that comes twice, the first answer may be a time of the first one.
    return next(time for time in times if time > now.timestamp())


def pause(jobs: Sequence[Job], now: datetime, longest: float) -> float:
    """Return how long no job is due, `longest` at most."""
    waits = [next_due(job, now) - now.timestamp() for job in jobs]
    return max(0.05, min([longest, *waits]))
