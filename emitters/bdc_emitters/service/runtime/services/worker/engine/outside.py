"""Runs whose user code calls other services: no transaction is open while it runs. It opens some by itself, where it has to.

Each call is a step of the run: what is asked is kept before it is sent, and the answer when it has come. An attempt that comes later is given the answers
that earlier ones got, and makes a request of which it is not known what became again, under the same key; one that may not be repeated ends the run.
"""

import asyncio
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from services.about import SERVICE_ROLE
from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.data.jobs import OUTSIDE
from services.engine.config import SecretSettings
from services.engine.context import OperationContext
from services.engine.problems import Problem
from services.external.clients import EXTERNALS
from services.external.engine.context import CallingContext
from services.external.engine.deadline import within
from services.external.engine.declared import External, Operation
from services.external.engine.errors import ExternalError
from services.external.engine.service import CALLER, client_of
from services.security.engine.encryption import FieldCipher
from services.worker.engine import running
from services.worker.engine.job import Job
from services.worker.engine.running import Interrupted

_KEPT = "select calling, answers from app.job_progress where run = $1"
_BEGIN = "update app.job_progress set calling = coalesce(calling, '{}') || $2::jsonb where run = $1"
_ANSWERED = "update app.job_progress set calling = calling - $2::text, answers = coalesce(answers, '{}') || $3::jsonb where run = $1"
_NOT_DONE = "update app.job_progress set calling = calling - $2::text where run = $1"
# What is replayed calls again.
_GIVEN_UP = "update app.job_progress set calling = calling - $3::text[], failures = greatest(failures, $2) where run = $1"
_ENDED = (
    "update app.job_progress set statement = $2::integer, tenant = $3, key = $4, rows = rows + $5, calling = null, answers = null,"
    " finished_at = case when $2::integer > $6::integer then now() end"
    " where run = $1 and statement = $7::integer and tenant is not distinct from $8::text"
)
_HELD: ContextVar[bool] = ContextVar("held", default=False)


@dataclass(slots=True)
class _Turn:
    """What user code is run for: a tenant, or the whole job. `place` is where it is, `after` where the run is when it is done."""

    place: tuple[int, str | None, str | None]
    after: tuple[int, str | None, str | None]
    rows: int
    calling: dict[str, Any]
    answers: dict[str, Any]


async def run_job(
    database: Database,
    job: Job,
    run: int,
    stopping: Callable[[], bool],
    arguments: str = "{}",
    cipher: FieldCipher | None = None,
) -> int:
    """Do what is left of a run, as `running.run_job` does; where its code calls other services, outside of a transaction."""
    if job.name not in OUTSIDE:
        return await running.run_job(database, job, run, stopping, arguments, cipher)
    rows, work = 0, _Work(database, job, run, arguments, cipher or FieldCipher(SecretSettings()))
    async with asyncio.timeout(job.timeout):
        with within(job.timeout):
            while True:
                turn = await database.retried(work.next_turn)
                if turn is None:
                    return rows
                if turn.rows:
                    await work.body(turn)
                await work.end(turn)
                rows += turn.rows
                if turn.after[0] > job.statements:
                    return rows
                if stopping():
                    raise Interrupted


@dataclass(frozen=True, slots=True)
class _Work:
    database: Database
    job: Job
    run: int
    arguments: str
    cipher: FieldCipher

    async def next_turn(self, connection: Connection) -> _Turn | None:
        """Return what is next; None when nothing is left."""
        await connection.execute(f'set local role "{SERVICE_ROLE}"')
        place = await connection.fetchrow(running._PLACE, self.run)
        if place is None or place["finished"] or place["statement"] > self.job.statements:
            return None
        kept = await connection.fetchrow(_KEPT, self.run)
        assert kept is not None  # nosec B101
        here = (place["statement"], place["tenant"], place["key"])
        await connection.execute("reset role")
        done = await self._bound(connection, here)
        return _Turn(
            here,
            (done["statement"], done["tenant"], done["key"]),
            done["rows"],
            json.loads(kept["calling"] or "{}"),
            json.loads(kept["answers"] or "{}"),
        )

    async def _bound(self, connection: Connection, place: tuple[int, str | None, str | None]) -> Any:
        """Bind the job and its tenant to the transaction; return where the run goes on."""
        await connection.execute(f"set local statement_timeout = {self.job.timeout * 1000}")
        done = await connection.fetchrow(
            self.job.call, f"job:{self.run}", self.job.batch, self.arguments, *place
        )
        assert done is not None  # nosec B101
        return done

    async def body(self, turn: _Turn) -> None:
        """Run user code. Raises what it raises."""
        calls = _Calls(self, turn)
        await calls.refuse_unknown()

        @asynccontextmanager
        async def transaction() -> AsyncIterator[OperationContext]:
            async with self.database.transaction() as connection:
                await self._bound(connection, turn.place)
                held = _HELD.set(True)
                try:
                    yield OperationContext(connection, *self._given())
                finally:
                    _HELD.reset(held)

        assert self.job.handler is not None  # nosec B101
        token = CALLER.set(calls.call)
        try:
            await self.job.handler(CallingContext(transaction, *self._given()), self.arguments)
        except ExternalError as error:
            await calls.give_up(error)
            raise Problem("unavailable", str(error)) from None
        finally:
            CALLER.reset(token)

    def _given(self) -> tuple[Any, str, str, FieldCipher]:
        return running._no_caller(), f"job:{self.run}", f"job:{self.job.name}", self.cipher

    async def end(self, turn: _Turn) -> None:
        """Keep that a turn is done."""
        await self.keep(_ENDED, *turn.after, turn.rows, self.job.statements, turn.place[0], turn.place[1])

    async def keep(self, statement: str, *values: Any) -> None:
        """Change what is kept of the run."""
        async with self.database.transaction() as connection:
            await connection.execute(f'set local role "{SERVICE_ROLE}"')
            await connection.execute(statement, self.run, *values)


@dataclass(slots=True)
class _Calls:
    """The calls of one attempt. A call is known by what it asks; equal ones are told apart by their order."""

    work: _Work
    turn: _Turn
    _seen: Counter[str] = field(default_factory=Counter)
    _unknown: list[str] = field(default_factory=list)

    async def refuse_unknown(self) -> None:
        """End the run where an earlier attempt made a call that may not be repeated, and it is not known what became of it."""
        for name, begun in self.turn.calling.items():
            if not isinstance(begun, dict):
                continue  # a call of statements, which this job had in an older version
            external, _, operation = begun["target"].partition(".")
            if not EXTERNALS[external].operation(operation).repeatable:
                await self.work.keep(_GIVEN_UP, self.work.job.retry, [name])
                raise Problem(
                    "unavailable", f"it is not known whether {begun['target']} was done by an earlier attempt"
                )

    async def call(
        self, external: External, operation: Operation, arguments: Mapping[str, Any], key: str | None
    ) -> Any:
        """Return the answer: the one that is kept, or the one that comes. Raises ExternalError, and RuntimeError in a transaction."""
        if _HELD.get():
            raise RuntimeError("a transaction is open: end it before another service is called")
        target = f"{external.name}.{operation.name}"
        name = self._name(target, arguments)
        if name in self.turn.answers:
            kept = self.turn.answers[name]
            return operation.result.adapter.validate_python(kept) if operation.result is not None else None
        begun = self.turn.calling.get(name) or {"target": target, "key": key or str(uuid.uuid4())}
        await self.work.keep(_BEGIN, json.dumps({name: begun}))
        try:
            found = await client_of(external).call(operation, arguments, begun["key"])
        except ExternalError as error:
            await self._failed(operation, name, error)
            raise
        answer = operation.result.dump(found) if operation.result is not None else None
        await self.work.keep(_ANSWERED, name, json.dumps({name: answer}))
        return found

    def _name(self, target: str, arguments: Mapping[str, Any]) -> str:
        asked = json.dumps(arguments, sort_keys=True, default=str)
        name = f"{target} {hashlib.sha256(asked.encode()).hexdigest()[:32]}"
        self._seen[name] += 1
        return f"{name} {self._seen[name]}"

    async def _failed(self, operation: Operation, name: str, error: ExternalError) -> None:
        """Keep what became of a call that failed: one that was surely not done, by no attempt, is made anew by the next one."""
        if not error.unknown and name in self.turn.calling:
            return
        if not error.unknown:
            await self.work.keep(_NOT_DONE, name)
        elif not operation.repeatable:
            self._unknown.append(name)

    async def give_up(self, error: ExternalError) -> None:
        """End the run where user code leaves a failure alone that another attempt must not, or cannot, mend."""
        operation = EXTERNALS[error.external].operation(error.operation)
        if error.reason == "refused" or (error.unknown and not operation.repeatable):
            await self.work.keep(_GIVEN_UP, self.work.job.retry, self._unknown)
