"""The commands: run the worker, and look at or change what is in the queue."""

import argparse
import asyncio
import json
import logging
import sys
from typing import Any

from procrastinate import App

from api.engine.logs import configure_logs
from services.data.jobs import JOBS
from services.engine.config import ConfigurationError, Settings, load_settings
from services.worker.engine.queue import open_queue
from services.worker.engine.worker import work

NOT_CONFIGURED = 78  # EX_CONFIG of sysexits.h
_LIST = (
    "select j.id, j.task_name as job, j.status::text, j.attempts, coalesce(p.failures, 0) as failures, j.scheduled_at,"
    " coalesce(p.rows, 0) as rows, p.started_at, p.finished_at, p.error from app.procrastinate_jobs as j"
    " left join app.job_progress as p on p.run = j.id"
    " where (%(status)s::text is null or j.status::text = %(status)s) and (%(job)s::text is null or j.task_name = %(job)s)"
    " order by j.id desc limit %(most)s"
)
_REPLAY = (
    "with again as (update app.job_progress set failures = 0 where run = %(run)s)"
    " select app.procrastinate_retry_job_v2(j.id, now(), null, null, null) from app.procrastinate_jobs as j"
    " where j.id = %(run)s and j.status = 'failed'"
)
_DISCARD = "delete from app.procrastinate_jobs where id = %(run)s and status in ('failed', 'cancelled', 'aborted', 'todo') returning id"
_CANCEL = "select app.procrastinate_cancel_job_v1(%(run)s, true, false) as id"
_PAUSE = "insert into app.job_pause (job) values (%(job)s) on conflict do nothing"
_RESUME = "delete from app.job_pause where job = %(job)s"
_NOW = (
    "select unnest(app.procrastinate_defer_jobs_v1(array[row(%(job)s::text, %(job)s::text, %(priority)s::integer, %(job)s::text, null, %(arguments)s::jsonb, null)]"
    "::app.procrastinate_job_to_defer_v1[])) as id"
)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; without one, the worker."""
    given = _parser().parse_args(arguments)
    try:
        settings = load_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(NOT_CONFIGURED)
    if given.command in (None, "run"):
        configure_logs(settings.log.level)
        # Each run would be two lines more; what fails is logged by the worker.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        asyncio.run(work(settings, JOBS, concurrency=given.concurrency, host=given.host, port=given.port))
        return
    sys.exit(asyncio.run(_command(settings, given)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.worker", description="Run jobs, or look after them."
    )
    parser.add_argument("--concurrency", type=int, default=4, help="runs at once (default: %(default)s)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address of health and metrics (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=0, help="port of health and metrics (default: none)")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="run jobs until SIGTERM (the default)")
    listed = commands.add_parser("list", help="list runs, the newest first, as lines of JSON")
    listed.add_argument("--status", choices=("todo", "doing", "succeeded", "failed", "cancelled", "aborted"))
    listed.add_argument("--job")
    listed.add_argument("--most", type=int, default=100)
    for name, help_ in (
        ("replay", "queue a run that failed again: it goes on where it stopped"),
        ("discard", "delete a run that failed, was cancelled, or waits"),
        ("cancel", "cancel a run that waits, or stop one that is under way"),
    ):
        commands.add_parser(name, help=help_).add_argument("run", type=int)
    names = [job.name for job in JOBS]
    now = commands.add_parser("now", help="queue a job now")
    now.add_argument("job", choices=names)
    now.add_argument("--arguments", default="{}", help="its arguments, as JSON")
    for name, help_ in (("pause", "take no further run of a job"), ("resume", "take its runs again")):
        commands.add_parser(name, help=help_).add_argument("job", choices=names)
    return parser


async def _command(settings: Settings, given: argparse.Namespace) -> int:
    queue = open_queue(settings)
    try:
        async with queue.open_async():
            return await _run(queue, given)
    except Exception as error:
        print(f"error: {error.__cause__ or error}".strip(), file=sys.stderr)
        return 1


async def _run(queue: App, given: argparse.Namespace) -> int:
    execute = queue.connector.execute_query_all_async
    match given.command:
        case "list":
            rows: list[dict[str, Any]] = await execute(
                _LIST, status=given.status, job=given.job, most=given.most
            )
            for row in rows:
                print(json.dumps(row, default=str))
        case "now":
            priority = next(job.priority for job in JOBS if job.name == given.job)
            print((await execute(_NOW, job=given.job, priority=priority, arguments=given.arguments))[0]["id"])
        case "pause" | "resume":
            statement = _PAUSE if given.command == "pause" else _RESUME
            await queue.connector.execute_query_async(statement, job=given.job)
        case _:
            statement = {"replay": _REPLAY, "discard": _DISCARD, "cancel": _CANCEL}[given.command]
            found = await execute(statement, run=given.run)
            if not found or found[0].get("id", 0) is None:
                print(
                    f"run {given.run} is not there, or cannot be given to `{given.command}`", file=sys.stderr
                )
                return 1
    return 0
