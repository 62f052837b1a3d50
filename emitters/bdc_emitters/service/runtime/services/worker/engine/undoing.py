"""Runs whose steps undo each other. Where a step fails for good, what undoes those before it runs in reverse, each a part of the run like the steps
themselves: a worker that is killed goes on there. What undoes a step and fails is tried again as the job says, and then stays among the runs that
failed, at its place: `replay` goes on with it. A run that was undone has failed: it is queued anew, not replayed.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

from services.about import SERVICE_ROLE
from services.data.engine.database import Database
from services.engine.problems import Problem
from services.security.engine.encryption import FieldCipher
from services.worker.engine import calling
from services.worker.engine.calling import Failed, Interrupted, failed
from services.worker.engine.job import Job

__all__ = ["Failed", "Interrupted", "failed", "run_job"]
_FROM = "undone from"
_KEPT = "select undoing, cause from app.job_progress where run = $1"
# The last attempt failed: from here on the run is undone, with attempts of its own.
_TURN = (
    "update app.job_progress set undoing = statement, cause = $2, failures = 0, calling = null, tenant = null, key = null,"
    " statement = $3::integer where run = $1 and undoing is null and failures + 1 > $4::integer and statement > $5::integer"
    " returning undoing"
)
_OVER = "update app.job_progress set failures = greatest(failures, $2) where run = $1"
_LONGEST_TEXT = 1_000


async def run_job(
    database: Database,
    job: Job,
    run: int,
    stopping: Callable[[], bool],
    arguments: str = "{}",
    cipher: FieldCipher | None = None,
) -> int:
    """Do what is left of a run, as `calling.run_job` does, or of undoing it. Raises `Problem` when it was undone."""
    if not job.undoes:
        return await calling.run_job(database, job, run, stopping, arguments, cipher)
    undone_from, cause = await _kept(database, run)
    if undone_from is not None:
        return await _undo(database, job, run, stopping, arguments, undone_from, cause)
    try:
        return await calling.run_job(database, job, run, stopping, arguments, cipher)
    except (Interrupted, asyncio.CancelledError):
        raise
    except Exception as error:
        if not await _turned(database, job, run, _said(job, error)):
            raise
        raise Interrupted from error


async def _undo(
    database: Database,
    job: Job,
    run: int,
    stopping: Callable[[], bool],
    arguments: str,
    undone_from: int,
    cause: str,
) -> int:
    whole = replace(job, statements=job.statements + len(job.undoes))
    known = json.dumps({**json.loads(arguments), _FROM: undone_from})
    try:
        await calling.run_job(database, whole, run, stopping, known)
    except (Interrupted, asyncio.CancelledError):
        raise
    except Exception as error:
        what = f"a step could not be undone: {_said(job, error)} (undone because of: {cause})"
        raise Problem("unavailable", what) from None
    async with database.transaction() as connection:
        await connection.execute(f'set local role "{SERVICE_ROLE}"')
        await connection.execute(_OVER, run, job.retry)
    raise Problem("unavailable", f"the steps before were undone: {cause}")


async def _kept(database: Database, run: int) -> tuple[int | None, str]:
    async with database.transaction() as connection:
        await connection.execute(f'set local role "{SERVICE_ROLE}"')
        found = await connection.fetchrow(_KEPT, run)
    return (None, "") if found is None else (found["undoing"], found["cause"] or "")


async def _turned(database: Database, job: Job, run: int, message: str) -> bool:
    """Whether the run is undone from now on: no attempt is left, and a step that can be undone was done."""
    async with database.transaction() as connection:
        await connection.execute(f'set local role "{SERVICE_ROLE}"')
        first = job.statements + 1
        found = await connection.fetchrow(
            _TURN, run, message[:_LONGEST_TEXT], first, job.retry, min(job.undoes)
        )
    return found is not None


def _said(job: Job, error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no end within {job.timeout} s"
    return str(error.detail) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
