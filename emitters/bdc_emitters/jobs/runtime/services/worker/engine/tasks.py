"""Jobs as tasks of procrastinate: what a run is, and whether it is tried again."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Sequence

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as QueuedJob

from services.data.engine.database import Database
from services.engine.problems import Problem
from services.security.engine.encryption import FieldCipher
from services.worker.engine import metrics
from services.worker.engine.job import Job
from services.worker.engine.running import Failed, Interrupted, failed, run_job

log = logging.getLogger("services.worker")


class Attempts(BaseRetryStrategy):
    """Runs that were interrupted go on at once. Those that failed are tried again after pauses, as often as the job says."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """Return when the run is tried again; None: it stays among those that failed."""
        if isinstance(exception, Interrupted):
            return RetryDecision(retry_in={"seconds": 0})
        if not isinstance(exception, Failed) or exception.failures > self.job.retry:
            return None
        longest = min(self.job.longest_pause, self.job.first_pause * 2.0 ** (exception.failures - 1))
        # Runs that fail together should not come back together.
        return RetryDecision(retry_in={"seconds": max(1, round(longest * random.uniform(0.5, 1.0)))})  # nosec B311


def add_tasks(
    queue: App, database: Database, jobs: Sequence[Job], stopping: Callable[[], bool], cipher: FieldCipher
) -> None:
    """Add each job to the queue's tasks, under its name."""
    for job in jobs:
        _add(queue, database, job, stopping, cipher)


def _add(queue: App, database: Database, job: Job, stopping: Callable[[], bool], cipher: FieldCipher) -> None:
    @queue.task(name=job.name, queue=job.name, pass_context=True, retry=Attempts(job))
    async def run(context: JobContext, /, **_: object) -> None:
        assert context.job.id is not None  # nosec B101
        begun = time.perf_counter()
        outcome = "failed"
        try:
            rows = await run_job(
                database, job, context.job.id, stopping, json.dumps(context.job.task_kwargs), cipher
            )
            outcome = "succeeded"
            metrics.ROWS.labels(job.name).inc(rows)
        except Interrupted:
            outcome = "interrupted"
            raise
        except asyncio.CancelledError:
            outcome = "interrupted"
            if context.abort_reason() is AbortReason.USER_REQUEST:
                outcome = "cancelled"
                raise JobAborted from None
            raise Interrupted from None
        except Exception as error:
            message = (
                f"timeout: no end within {job.timeout} s" if isinstance(error, TimeoutError) else _said(error)
            )
            log.warning("job %s, run %s: %s", job.name, context.job.id, message)
            raise Failed(await _counted(database, context.job.id, message), message) from error
        finally:
            metrics.RUNS.labels(job.name, outcome).inc()
            metrics.SECONDS.labels(job.name).observe(time.perf_counter() - begun)


async def _counted(database: Database, run: int, message: str) -> int:
    """Return the attempts that failed; 0 where the database is away: what it has rolled back is tried again, and no attempt is lost by that."""
    try:
        return await failed(database, run, message)
    except Exception as error:
        log.warning("run %s: the attempt could not be counted: %s", run, _said(error))
        return 0


def _said(error: Exception) -> str:
    """Return the code of a failure, which callers may see, then what operators see of it."""
    if not isinstance(error, Problem):
        return f"failed: {type(error).__name__}: {error}"
    cause = f" {type(error.__cause__).__name__}: {error.__cause__}" if error.__cause__ is not None else ""
    return f"{error.code}: {error.detail}{cause}"
