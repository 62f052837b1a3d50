"""Jobs of a scenario: run to their end at once, by the clock of the test."""

from collections.abc import Awaitable, Callable
from typing import Any

from procrastinate import App
from procrastinate.worker import Worker
from tests.support.backend import Database

from services.data.engine.database import Database as ServiceDatabase
from services.data.jobs import JOBS
from services.engine.config import load_settings
from services.security.engine.encryption import FieldCipher
from services.worker.engine.queue import open_queue
from services.worker.engine.tasks import add_tasks
from services.worker.engine.upkeep import queue_due

_QUEUE = (
    "select unnest(app.procrastinate_defer_jobs_v1(array[row(%(job)s::text, %(job)s::text, 0, null, null, '{}'::jsonb, null)]"
    "::app.procrastinate_job_to_defer_v1[])) as id"
)
_FAILED = (
    "select j.task_name as job, p.error from app.job_progress as p join app.procrastinate_jobs as j on j.id = p.run"
    " where p.failures > 0 order by j.id"
)
_FORGET = (
    "truncate app.job_progress, app.procrastinate_events, app.procrastinate_periodic_defers,"
    " app.procrastinate_jobs, app.procrastinate_workers cascade"
)


def forget(database: Database) -> None:
    """Empty the queue."""
    database.run(database.admin.execute(_FORGET))


async def schedule(environment: dict[str, str]) -> None:
    """Let jobs with a schedule wait for their next time."""

    async def scheduled(queue: App) -> None:
        await queue.connector.execute_query_async("delete from app.procrastinate_periodic_defers")
        await queue_due(queue, JOBS)

    await _with_queue(environment, scheduled)


async def run(environment: dict[str, str], job: str | None) -> list[str]:
    """Run `job` now, or all that are due, with those that they queue; return what failed."""

    async def ran(queue: App) -> list[str]:
        if job is None:
            await queue_due(queue, JOBS)
        else:
            await queue.connector.execute_query_async(_QUEUE, job=job)
        names = [each.name for each in JOBS] if job is None else [job]
        worker: Any = Worker(
            queue, queues=names, wait=False, concurrency=1, listen_notify=False, install_signal_handlers=False
        )
        await worker.run()
        return [
            f"{row['job']}: {row['error']}" for row in await queue.connector.execute_query_all_async(_FAILED)
        ]

    return await _with_queue(environment, ran)


async def _with_queue(environment: dict[str, str], work: Callable[[App], Awaitable[Any]]) -> Any:
    settings = load_settings(environment)
    database, queue = ServiceDatabase(settings.database), open_queue(settings)
    add_tasks(queue, database, JOBS, lambda: False, FieldCipher(settings.secrets))
    try:
        async with queue.open_async():
            return await work(queue)
    finally:
        await database.close(1)
