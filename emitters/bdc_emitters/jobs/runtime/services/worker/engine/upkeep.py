"""What the worker does beside running jobs: it queues those that are due, takes up runs of workers that died, counts, and forgets."""

import asyncio
import json
import logging
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from procrastinate import App
from psycopg import Error

from services.worker.engine import metrics
from services.worker.engine.job import Job
from services.worker.engine.schedule import last_due, pause

log = logging.getLogger("services.worker")

LOOK_EVERY = 5.0
# A worker that has not been heard of for so many seconds is dead.
SILENT_AFTER = float(os.environ.get("WORKER_SILENT_AFTER", "30"))
_LAST = (
    "select now() as now, (select jsonb_object_agg(task_name, last) from (select task_name, max(defer_timestamp) as last"
    " from app.procrastinate_periodic_defers group by task_name) as d) as last,"
    " (select jsonb_agg(distinct task_name) from app.procrastinate_jobs where status in ('todo', 'doing')) as busy,"
    " (select jsonb_agg(job) from app.job_pause) as paused"
)
_BASELINE = (
    "insert into app.procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
    " values (%(task)s, '', %(at)s) on conflict do nothing"
)
_DEFER = "select app.procrastinate_defer_periodic_job_v2(%(task)s, %(task)s, null, %(task)s, %(priority)s, '', %(at)s, '{}')"
# A run that has begun waits no more: another one with the same `unique` may. Here it may wait again, after its worker died.
_BEGUN = "update app.procrastinate_jobs set queueing_lock = null where status in ('doing', 'failed') and queueing_lock is not null"
# One statement, so that two workers never take up the same run.
_TAKE_UP = (
    "select app.procrastinate_retry_job_v2(j.id, now(), null, null, null) from app.procrastinate_jobs as j"
    " where j.status = 'doing' and not exists (select from app.procrastinate_workers as w where w.id = j.worker_id"
    " and w.last_heartbeat > now() - make_interval(secs => %(silent)s)) for update of j skip locked"
)
_COUNTS = (
    "select task_name, count(*) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now()) as waiting,"
    " count(*) filter (where status = 'failed') as dead,"
    " coalesce(max(extract(epoch from now() - coalesce(scheduled_at, (select max(e.at) from app.procrastinate_events as e"
    " where e.job_id = j.id)))) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now()), 0) as oldest"
    " from app.procrastinate_jobs as j where status in ('todo', 'failed') group by task_name"
)
# What is over is kept as its job says (a week, where there is no such job), failures until they are replayed or discarded.
_FORGET = (
    "delete from app.procrastinate_jobs where id in (select j.id from app.procrastinate_jobs as j"
    " where j.status in ('succeeded', 'cancelled', 'aborted') and (select max(e.at) from app.procrastinate_events as e"
    " where e.job_id = j.id) < now() - make_interval(secs => coalesce((%(keep)s::jsonb ->> j.task_name)::integer, 604800)) limit 1000)"
)


async def queue_due(queue: App, jobs: Sequence[Job]) -> tuple[datetime, frozenset[str]]:
    """Queue each job that is due and not under way, once among all workers; return the time of the database, and the jobs that are
    paused. A job that was never queued before waits for its next time, unless it is `at_once`."""
    found = await queue.connector.execute_query_one_async(_LAST)
    now, last = found["now"], found["last"] or {}
    busy, paused = frozenset(found["busy"] or ()), frozenset(found["paused"] or ())
    for job in jobs:
        due = last_due(job, now) if job.every or job.cron else None
        if due is None or job.name in busy or job.name in paused:
            continue
        if job.name not in last and not job.at_once:
            await queue.connector.execute_query_async(_BASELINE, task=job.name, at=due)
        elif job.name not in last or last[job.name] < due:
            await queue.connector.execute_query_async(_DEFER, task=job.name, at=due, priority=job.priority)
    return now, paused


async def keep_scheduling(queue: App, jobs: Sequence[Job], worker: Any) -> None:
    """Queue what is due until cancelled; the worker takes what is not paused."""
    while True:
        wait = LOOK_EVERY
        try:
            now, paused = await queue_due(queue, jobs)
            worker.queues = [job.name for job in jobs if job.name not in paused]
            wait = pause([job for job in jobs if job.every or job.cron], now, LOOK_EVERY)
        except (Error, OSError, TimeoutError) as error:
            log.warning("jobs that are due could not be queued: %s", error)
        except Exception as error:
            log.warning("jobs that are due could not be queued: %s: %s", type(error).__name__, error)
        await asyncio.sleep(wait)


async def look_after(queue: App, jobs: Sequence[Job]) -> None:
    """Take up what dead workers left, bring the gauges up to date, forget what is over; until cancelled."""
    keep = json.dumps({job.name: job.keep for job in jobs})
    while True:
        try:
            await queue.connector.execute_query_async(_BEGUN)
            taken = await queue.connector.execute_query_all_async(_TAKE_UP, silent=SILENT_AFTER)
            if taken:
                log.warning("took up %s runs of workers that died", len(taken))
            await _count(queue)
            await queue.connector.execute_query_async(_FORGET, keep=keep)
        except Exception as error:
            log.warning("upkeep of the queue failed: %s: %s", type(error).__name__, error)
        await asyncio.sleep(min(LOOK_EVERY, SILENT_AFTER))


async def _count(queue: App) -> None:
    for gauge in (metrics.WAITING, metrics.OLDEST, metrics.DEAD):
        gauge.clear()
    for row in await queue.connector.execute_query_all_async(_COUNTS):
        metrics.WAITING.labels(row["task_name"]).set(row["waiting"])
        metrics.OLDEST.labels(row["task_name"]).set(float(row["oldest"]))
        metrics.DEAD.labels(row["task_name"]).set(row["dead"])
