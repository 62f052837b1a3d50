"""Runs of jobs that call other services. A call stands between two transactions: the first one keeps what is called, the second one the answer.

What may be repeated is called again where its outcome is not known: the same request, under the same key. Anything else is called once. A run that
cannot know what became of such a call ends among those that failed; when it is replayed, it calls again.
"""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.about import SERVICE_ROLE
from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.data.jobs import CALLING
from services.engine.problems import Problem
from services.external.clients import EXTERNALS
from services.external.engine import metrics
from services.external.engine.deadline import within
from services.external.engine.declared import Operation
from services.external.engine.errors import ExternalError
from services.external.engine.service import client_of
from services.security.engine.encryption import FieldCipher
from services.worker.engine import running
from services.worker.engine.job import Job
from services.worker.engine.metrics import REGISTRY
from services.worker.engine.running import Failed, Interrupted, failed

__all__ = ["Failed", "Interrupted", "failed", "run_job"]
metrics.register(REGISTRY)
_KEPT = "select calling, answers from app.job_progress where run = $1"
_BEGIN = "update app.job_progress set calling = $2 where run = $1"
_ANSWERED = (
    "update app.job_progress set calling = null, answers = coalesce(answers, '{}') || $3::jsonb, statement = $2::integer + 1,"
    " finished_at = case when $2::integer + 1 > $4::integer then now() end where run = $1 and statement = $2::integer"
)
_AGAIN = "update app.job_progress set calling = null where run = $1"
_GIVEN_UP = "update app.job_progress set calling = null, failures = greatest(failures, $2) where run = $1"


@dataclass(frozen=True, slots=True)
class _Call:
    """What a run calls at `statement`. `begun`: an earlier attempt has called it, and it is not known how that ended."""

    statement: int
    target: str
    arguments: dict[str, Any]
    key: str
    result: str | None
    begun: bool = False

    @property
    def operation(self) -> Operation:
        external, _, name = self.target.partition(".")
        return EXTERNALS[external].operation(name)


async def run_job(
    database: Database,
    job: Job,
    run: int,
    stopping: Callable[[], bool],
    arguments: str = "{}",
    cipher: FieldCipher | None = None,
) -> int:
    """Do what is left of a run, as `running.run_job` does, and make its calls."""
    if job.name not in CALLING:
        return await running.run_job(database, job, run, stopping, arguments, cipher)
    rows = 0
    async with asyncio.timeout(job.timeout):
        with within(job.timeout):
            while True:
                done = await database.retried(lambda connection: _part(connection, job, run, arguments))
                if done is None:
                    return rows
                if isinstance(done, _Call):
                    await _call(database, job, run, done)
                else:
                    rows += done
                if stopping():
                    raise Interrupted


async def _part(connection: Connection, job: Job, run: int, arguments: str) -> "int | _Call | None":
    """Do the next part, up to a call; None when there is none."""
    await connection.execute(
        f'set local statement_timeout = {job.timeout * 1000}; set local role "{SERVICE_ROLE}"'
    )
    place = await connection.fetchrow(running._PLACE, run)
    if place is None or place["finished"] or place["statement"] > job.statements:
        return None
    kept = await connection.fetchrow(_KEPT, run)
    assert kept is not None  # nosec B101
    begun = json.loads(kept["calling"]) if kept["calling"] else None
    if begun is not None and begun.get("statement") == place["statement"]:
        return _Call(**begun, begun=True)
    await connection.execute("reset role")
    known = {**json.loads(arguments), **json.loads(kept["answers"] or "{}")}
    done = await connection.fetchrow(
        job.call,
        f"job:{run}",
        job.batch,
        json.dumps(known),
        place["statement"],
        place["tenant"],
        place["key"],
    )
    assert done is not None  # nosec B101
    await connection.execute(f'set local role "{SERVICE_ROLE}"')
    await connection.execute(
        running._MOVED, run, done["statement"], done["tenant"], done["key"], done["rows"], job.statements
    )
    if done["call"] is None:
        return int(done["rows"])
    asked = json.loads(done["call"]) | {"statement": done["statement"], "key": str(uuid.uuid4())}
    await connection.execute(_BEGIN, run, json.dumps(asked))
    return _Call(**asked)


async def _call(database: Database, job: Job, run: int, call: _Call) -> None:
    """Make a call and keep its answer. Raises `Problem`, after it has kept whether the call may be made again."""
    operation = call.operation
    if call.begun and not operation.repeatable:
        await _keep(database, _GIVEN_UP, run, job.retry)
        raise Problem(
            "unavailable", f"it is not known whether {call.target} was done: the worker ended in the call"
        )
    client = client_of(EXTERNALS[call.target.partition(".")[0]])
    try:
        found = await client.call(operation, call.arguments, call.key)
    except ExternalError as error:
        if error.reason == "refused" or (error.unknown and not operation.repeatable):
            await _keep(database, _GIVEN_UP, run, job.retry)
        elif not (error.unknown or call.begun):
            await _keep(database, _AGAIN, run)
        raise Problem("unavailable", str(error)) from None
    answer = {}
    if call.result is not None and operation.result is not None:
        answer = {call.result: operation.result.dump(found)}
    await _keep(database, _ANSWERED, run, call.statement, json.dumps(answer), job.statements)


async def _keep(database: Database, statement: str, *values: Any) -> None:
    async with database.transaction() as connection:
        await connection.execute(f'set local role "{SERVICE_ROLE}"')
        await connection.execute(statement, *values)
