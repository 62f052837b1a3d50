"""Jobs on a real server: each runs to its end as itself, once; what is due is queued once; the queue is closed to the service."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.data.engine.database import Database
from services.data.jobs import JOBS
from services.engine.config import DatabaseSettings, load_settings
from services.engine.problems import Problem
from services.worker.engine.job import Job
from services.worker.engine.queue import open_queue
from services.worker.engine.running import Interrupted, run_job
from services.worker.engine.schedule import last_due, next_due
from services.worker.engine.upkeep import queue_due
from tests.support.backend import ROOT, Backend
from tests.support.matrix import Rows

SCHEDULED = [job for job in JOBS if job.every or job.cron]
# What user code does is for its own tests.
STATED = [job for job in JOBS if job.handler is None]
# What may end a run: what a row of the test forbids and, of a job that is queued, that it was given neither arguments nor a tenant.
FORBIDDEN = (asyncpg.IntegrityConstraintViolationError,)
NOTHING_GIVEN = (*FORBIDDEN, asyncpg.InsufficientPrivilegeError)
BY_NAME = pytest.mark.parametrize("job", STATED, ids=[job.name for job in STATED])


@BY_NAME
def test_a_job_runs_to_its_end_once(backend: Backend, rows: Rows, job: Job) -> None:
    """What a row of the test forbids (a reference that restricts) ends a run like any other failure. Nothing else may."""
    run = _queued(backend, job)
    try:
        _with_database(backend, lambda database: run_job(database, job, run, lambda: False))
    except Problem as problem:
        assert isinstance(problem.__cause__, _allowed(job)), problem.__cause__
        return
    assert _progress(backend, run)["finished_at"] is not None
    assert _with_database(backend, lambda database: run_job(database, job, run, lambda: False)) == 0


@BY_NAME
def test_a_run_that_is_interrupted_goes_on(backend: Backend, rows: Rows, job: Job) -> None:
    run, place = _queued(backend, job), None
    for _ in range(1_000):
        try:
            _with_database(backend, lambda database: run_job(database, job, run, lambda: True))
            break
        except Interrupted:
            found = _progress(backend, run)
            assert (found["statement"], found["tenant"], found["key"], found["rows"]) != place
            place = (found["statement"], found["tenant"], found["key"], found["rows"])
        except Problem as problem:
            assert isinstance(problem.__cause__, _allowed(job)), problem.__cause__
            return
    assert _progress(backend, run)["finished_at"] is not None


def test_what_is_due_is_queued_once(backend: Backend, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """The times of the past weeks, made up for by the last of them, however many workers look."""
    _run(backend, "delete from app.procrastinate_jobs")
    _run(backend, "delete from app.procrastinate_periodic_defers")
    _set(backend, monkeypatch)

    async def look() -> None:
        queue = open_queue(load_settings())
        async with queue.open_async():
            await asyncio.gather(*(queue_due(queue, JOBS) for _ in range(3)))

    asyncio.run(look())
    queued = [row["task_name"] for row in _fetch(backend, "select task_name from app.procrastinate_jobs")]
    assert sorted(queued) == sorted(job.name for job in SCHEDULED if job.at_once), (
        "a new job waits for its next time"
    )
    _run(backend, "update app.procrastinate_periodic_defers set defer_timestamp = 0")
    asyncio.run(look())
    asyncio.run(look())
    queued = [row["task_name"] for row in _fetch(backend, "select task_name from app.procrastinate_jobs")]
    assert sorted(queued) == sorted(job.name for job in SCHEDULED)


def test_the_queue_is_closed_to_the_service(backend: Backend, rows: Rows) -> None:
    for table in ("procrastinate_jobs", "procrastinate_events", "job_progress", "job_pause"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            backend.database.run(backend.database.runtime.fetch(f"select * from app.{table}"))


@pytest.mark.parametrize("job", STATED[:1], ids=[job.name for job in STATED[:1]])
def test_the_worker_runs_what_is_queued_and_ends_when_asked(backend: Backend, rows: Rows, job: Job) -> None:
    _run(backend, "delete from app.procrastinate_jobs")
    worker = subprocess.Popen(
        [sys.executable, "-m", "services.worker"], cwd=ROOT, env=backend.database.environment
    )
    try:
        run = int(_command(backend, "now", job.name))
        for _ in range(150):
            listed = [json.loads(line) for line in _command(backend, "list").splitlines()]
            found = next(each for each in listed if each["id"] == run)
            if found["status"] in ("succeeded", "failed") or found["failures"]:
                break
            time.sleep(0.2)
        assert (
            found["status"] == "succeeded"
            or "IntegrityConstraint" in found["error"]
            or "Violation" in found["error"]
            or (job not in SCHEDULED and "InsufficientPrivilege" in found["error"])
        )
    finally:
        worker.terminate()
        assert worker.wait(30) == 0


@pytest.mark.parametrize("job", SCHEDULED, ids=[job.name for job in SCHEDULED])
def test_times_follow_each_other(job: Job) -> None:
    """In each hour of a year, changes of the clock among them: the time after the last one is the next one."""
    hour = datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
    for step in range(0, 366 * 24, 7):
        now = hour + timedelta(hours=step)
        last, following = last_due(job, now), next_due(job, now)
        assert following > now.timestamp()
        assert last is None or last <= now.timestamp()
        assert last_due(job, datetime.fromtimestamp(following, UTC)) == int(following)


def _allowed(job: Job) -> tuple[type[BaseException], ...]:
    return FORBIDDEN if job in SCHEDULED else NOTHING_GIVEN


def _queued(backend: Backend, job: Job) -> int:
    statement = "insert into app.procrastinate_jobs (queue_name, task_name) values ($1, $1) returning id"
    return int(backend.database.run(backend.database.admin.fetchval(statement, job.name)))


def _progress(backend: Backend, run: int) -> Any:
    return _fetch(backend, f"select * from app.job_progress where run = {int(run)}")[0]


def _fetch(backend: Backend, statement: str) -> list[Any]:
    return backend.database.run(backend.database.admin.fetch(statement))


def _run(backend: Backend, statement: str) -> None:
    backend.database.run(backend.database.admin.execute(statement))


def _with_database(backend: Backend, work: Callable[[Database], Awaitable[int]]) -> int:
    async def run() -> int:
        database = Database(DatabaseSettings(url=backend.database.runtime_url))
        try:
            return await work(database)
        finally:
            await database.close(5)

    return asyncio.run(run())


def _set(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in backend.database.environment.items():
        monkeypatch.setenv(name, value)


def _command(backend: Backend, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "services.worker", *arguments],
        cwd=ROOT,
        env=backend.database.environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
