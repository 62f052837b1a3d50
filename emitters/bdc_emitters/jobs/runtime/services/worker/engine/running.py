"""One run of one job, part by part. Each part is a transaction that does it and keeps where the next one begins: a run that is killed goes
on there, and nothing is done twice."""

import asyncio
from collections.abc import Callable

from services.about import SERVICE_ROLE
from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.config import SecretSettings
from services.engine.context import OperationContext
from services.security.engine.actor import Actor
from services.security.engine.encryption import FieldCipher
from services.security.identity import CLAIMS
from services.worker.engine.job import Job

# The row is locked: where two workers take one run, the second one goes on where the first one stopped. A run that has begun waits no more:
# another one with equal values of `unique` may.
_PLACE = (
    "with begun as (update app.procrastinate_jobs set queueing_lock = null where id = $1 and queueing_lock is not null)"
    " insert into app.job_progress as p (run) values ($1) on conflict (run) do update set run = excluded.run"
    " returning p.statement, p.tenant, p.key, p.finished_at is not null as finished"
)
_MOVED = (
    "update app.job_progress set statement = $2::integer, tenant = $3, key = $4, rows = rows + $5,"
    " finished_at = case when $2::integer > $6::integer then now() end where run = $1"
)
_FAILED = (
    "insert into app.job_progress as p (run, failures, error) values ($1, 1, $2)"
    " on conflict (run) do update set failures = p.failures + 1, error = excluded.error returning p.failures"
)
_LONGEST_TEXT = 2_000


class Interrupted(Exception):
    """The worker stops; the run goes on in another one."""


class Failed(Exception):
    """An attempt failed; `failures` of this run so far."""

    def __init__(self, failures: int, message: str) -> None:
        super().__init__(message)
        self.failures = failures


async def run_job(
    database: Database,
    job: Job,
    run: int,
    stopping: Callable[[], bool],
    arguments: str = "{}",
    cipher: FieldCipher | None = None,
) -> int:
    """Do what is left of a run with `arguments` (JSON); return the rows that were changed. Raises `Interrupted` between two parts when `stopping` says so, and
    `Problem` or TimeoutError when a part fails: what was committed before is kept."""
    rows, cipher = 0, cipher or FieldCipher(SecretSettings())
    async with asyncio.timeout(job.timeout):
        while True:
            changed, more = await database.retried(
                lambda connection: _part(connection, job, run, arguments, cipher)
            )
            rows += changed
            if not more:
                return rows
            if stopping():
                raise Interrupted


async def _part(
    connection: Connection, job: Job, run: int, arguments: str, cipher: FieldCipher
) -> tuple[int, bool]:
    """Do the next part; return the rows that it changed, and whether there is another one."""
    await connection.execute(
        f'set local statement_timeout = {job.timeout * 1000}; set local role "{SERVICE_ROLE}"'
    )
    place = await connection.fetchrow(_PLACE, run)
    if place is None or place["finished"] or place["statement"] > job.statements:
        return 0, False
    await connection.execute("reset role")
    done = await connection.fetchrow(
        job.call, f"job:{run}", job.batch, arguments, place["statement"], place["tenant"], place["key"]
    )
    assert done is not None  # nosec B101
    if job.handler is not None and done["rows"]:
        context = OperationContext(connection, _no_caller(), f"job:{run}", f"job:{job.name}", cipher)
        await job.handler(context, arguments)
    await connection.execute(f'set local role "{SERVICE_ROLE}"')
    await connection.execute(
        _MOVED, run, done["statement"], done["tenant"], done["key"], done["rows"], job.statements
    )
    return int(done["rows"]), done["statement"] <= job.statements


def _no_caller() -> Actor:
    """A job has no caller: the identity that equals that of no row."""
    return Actor({}, frozenset(), tuple(claim.anonymous for claim in CLAIMS), anonymous=True)


async def failed(database: Database, run: int, message: str) -> int:
    """Count a failed attempt; return how many there were."""
    async with database.transaction() as connection:
        await connection.execute(f'set local role "{SERVICE_ROLE}"')
        return int(await connection.fetchval(_FAILED, run, message[:_LONGEST_TEXT]))
