"""The worker: it takes runs from the queue until it is told to stop, and then ends them between two transactions."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Sequence
from typing import Any

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from services.data.engine.database import Database
from services.engine.config import Settings
from services.security.engine.encryption import FieldCipher
from services.worker.engine.health import listen
from services.worker.engine.job import Job
from services.worker.engine.queue import open_queue
from services.worker.engine.tasks import add_tasks
from services.worker.engine.upkeep import SILENT_AFTER, keep_scheduling, look_after

log = logging.getLogger("services.worker")


async def work(settings: Settings, jobs: Sequence[Job], *, concurrency: int, host: str, port: int) -> None:
    """Run jobs until SIGTERM or SIGINT. `port` 0: no health and no metrics."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    database, queue = Database(settings.database), open_queue(settings)
    add_tasks(queue, database, jobs, stop.is_set, FieldCipher(settings.secrets))
    await _until_reached(queue, stop)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(queue.close_async)
        stack.push_async_callback(database.close, settings.limits.drain)
        if port:
            server = await listen(host, port, lambda: _is_reached(queue))
            stack.callback(server.close)
        while not stop.is_set():
            try:
                await _work(settings, queue, jobs, stop, concurrency)
            except ConnectorException as error:
                # Runs that were under way are taken up once this worker has been silent for long enough.
                log.warning("the database was lost, and is asked again: %s", error.__cause__ or error)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 1.0)


async def _work(
    settings: Settings, queue: App, jobs: Sequence[Job], stop: asyncio.Event, concurrency: int
) -> None:
    worker: Any = Worker(
        queue,
        concurrency=concurrency,
        shutdown_graceful_timeout=settings.limits.drain,
        install_signal_handlers=False,
        update_heartbeat_interval=SILENT_AFTER / 5,
        stalled_worker_timeout=SILENT_AFTER,
    )
    running = asyncio.create_task(worker.run(), name="worker")
    # Another version has other jobs: a worker takes those that it knows.
    worker.queues = [job.name for job in jobs]
    beside = [
        asyncio.create_task(keep_scheduling(queue, jobs, worker)),
        asyncio.create_task(look_after(queue, jobs)),
    ]
    log.info("worker of %s jobs, %s at once", len(jobs), concurrency)
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait([running, asked], return_when=asyncio.FIRST_COMPLETED)
    for task in (*beside, asked):
        task.cancel()
    await asyncio.gather(*beside, asked, return_exceptions=True)
    worker.stop()
    await running


async def _until_reached(queue: App, stop: asyncio.Event) -> None:
    """Connect; a database that is not there yet is waited for."""
    while not stop.is_set():
        try:
            await queue.open_async()
            return
        except Exception as error:
            log.warning("the queue is not reached: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 2.0)


async def _is_reached(queue: App) -> bool:
    try:
        async with asyncio.timeout(2):
            return await queue.check_connection_async()
    except Exception:
        return False
