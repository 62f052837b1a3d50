"""Runs of jobs that send a mail. The message is handed over between two transactions: the first one keeps that the run has begun, the second one
that it is done.

A worker that dies in between sends again: the same message, under the same Message-ID. What is refused for good ends among the runs that failed.
"""

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import Callable
from typing import Any

from services.about import SERVICE_ROLE
from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.problems import Problem
from services.mail.engine.declared import Mail
from services.mail.engine.delivery import Undelivered, deliver
from services.mail.mails import MAILS
from services.security.engine.encryption import FieldCipher
from services.worker.engine import running
from services.worker.engine.job import Job
from services.worker.engine.running import Failed, Interrupted, failed
from services.worker.engine.running import run_job as run_other

__all__ = ["Failed", "Interrupted", "failed", "run_job"]
_BEGUN_AT = "select (extract(epoch from started_at) * 1000000)::bigint from app.job_progress where run = $1"
_GIVEN_UP = "update app.job_progress set failures = greatest(failures, $2) where run = $1"
_ADD = "select app.one_time_add($1, $2, $3, $4, $5)::text"
# How long a token is good for, in seconds.
_GOOD_FOR = {"reset": 3_600, "verify": 86_400}


class WithoutArguments(logging.Filter):
    """The queue tells of runs with their arguments, which are personal data of recipients: it tells of their numbers instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        job = getattr(record, "job", None)
        if isinstance(job, dict) and job.get("call_string"):
            told = record.getMessage().replace(job["call_string"], f"{job['task_name']}[{job['id']}]")
            record.msg, record.args = told, ()
        return True


for _name in ("procrastinate.worker", "procrastinate.worker.worker", "procrastinate.jobs"):
    logging.getLogger(_name).addFilter(WithoutArguments())


async def run_job(
    database: Database,
    job: Job,
    run: int,
    stopping: Callable[[], bool],
    arguments: str = "{}",
    cipher: FieldCipher | None = None,
) -> int:
    """Send the mail of a run, or do what another job does. Raises `Problem` or TimeoutError when it could not be sent."""
    mail = MAILS.get(job.name)
    if mail is None:
        return await run_other(database, job, run, stopping, arguments, cipher)
    async with asyncio.timeout(job.timeout):
        begun = await database.retried(lambda connection: _begin(connection, job, run, mail, arguments))
        if begun is None:
            return 0
        values, mark = begun
        try:
            await deliver(mail, values, run, mark, job.timeout)
        except Undelivered as error:
            if error.permanent:
                await _kept(database, _GIVEN_UP, run, job.retry)
            raise Problem("unavailable", str(error)) from None
        await _kept(database, running._MOVED, run, job.statements + 1, None, None, 1, job.statements)
    return 1


async def _begin(
    connection: Connection, job: Job, run: int, mail: Mail, arguments: str
) -> tuple[dict[str, Any], str] | None:
    """Return what a run tells, and what marks its message; None where it is done, or where nothing is to be sent."""
    await connection.execute(
        f'set local statement_timeout = {job.timeout * 1000}; set local role "{SERVICE_ROLE}"'
    )
    place = await connection.fetchrow(running._PLACE, run)
    if place is None or place["finished"] or place["statement"] > job.statements:
        return None
    mark = str(await connection.fetchval(_BEGUN_AT, run))
    if not mail.purpose:
        return mail.values(arguments), mark
    values = await _with_token(connection, run, mail, arguments)
    if values is None:
        await connection.execute(running._MOVED, run, job.statements + 1, None, None, 0, job.statements)
        return None
    return values, mark


async def _with_token(connection: Connection, run: int, mail: Mail, arguments: str) -> dict[str, Any] | None:
    """Make a token for the caller with the login that was given; None where there is none. Only its hash is kept."""
    token, login = secrets.token_urlsafe(32), json.loads(arguments).get("login")
    digest = hashlib.sha256(token.encode()).digest()
    given = await connection.fetchval(_ADD, mail.purpose, login, digest, _GOOD_FOR[mail.purpose], run)
    return None if given is None else mail.values(given) | {"token": token}


async def _kept(database: Database, statement: str, *values: Any) -> None:
    async with database.transaction() as connection:
        await connection.execute(f'set local role "{SERVICE_ROLE}"')
        await connection.execute(statement, *values)
