"""Operations whose code calls other services: no transaction is open while it runs. It opens some by itself, where it has to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from api.engine.middleware.metrics import REGISTRY
from services.business.handlers import HANDLERS
from services.data.engine.operation import Arguments, Function, Operation
from services.data.engine.pool import Connection
from services.engine.container import Services
from services.engine.context import OperationContext
from services.external.engine import metrics
from services.external.engine.context import CallingContext
from services.external.engine.deadline import RESERVE, within
from services.security.engine.actor import Actor

Result = TypeVar("Result")
Values = Callable[[Function, Arguments], list[Any]]
metrics.register(REGISTRY)


async def outside(
    services: Services,
    operation: Operation,
    actor: Actor,
    identity: tuple[str, ...],
    given: Arguments,
    values: Values,
    result: Callable[[Services, Any], Result],
    then: Callable[[Connection, Result], Awaitable[None]] | None,
) -> Result:
    """First function, committed → user code, in no transaction → second function → `then` → commit."""
    assert operation.finish is not None  # nosec B101
    finish = operation.finish
    begun = (operation.function.call, *identity, *values(operation.function, given))
    row = await services.database.fetchrow(*begun)
    if row is None or row["status"] != 0:
        return result(services, row)

    @asynccontextmanager
    async def transaction() -> AsyncIterator[OperationContext]:
        async with services.database.transaction() as connection:
            # The first function again: it binds the caller to the transaction, and knows whether the caller may.
            await connection.fetchrow(*begun)
            yield OperationContext(connection, actor, identity[-1], operation.name, services.cipher)

    context = CallingContext(transaction, actor, identity[-1], operation.name, services.cipher)
    with within(services.settings.limits.timeout - RESERVE):
        outcome = await HANDLERS[operation.name](context, {}, given.body or {})
    ended = given._replace(result=outcome)

    async def work(connection: Connection) -> Result:
        row = await connection.fetchrow(*begun)
        if row is None or row["status"] != 0:
            return result(services, row)
        done = result(services, await connection.fetchrow(finish.call, *identity, *values(finish, ended)))
        if then is not None:
            await then(connection, done)
        return done

    return await services.database.retried(work)
