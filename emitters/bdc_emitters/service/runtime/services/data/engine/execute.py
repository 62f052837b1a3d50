"""The way of every write, from REST and from GraphQL: roles → input → encryption → one function call, or one transaction.

A write without user code is one statement in its own transaction. With user code, or when the caller of `perform` wants to read in
the same transaction (`then`), it is: first function → user code → second function → `then` → commit.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from services.business.handlers import HANDLERS
from services.data.engine.database import Source
from services.data.engine.jsontext import exactly
from services.data.engine.operation import Arguments, Function, Operation
from services.data.engine.pool import Connection
from services.data.engine.sealing import seal
from services.engine.container import Services
from services.engine.context import OperationContext
from services.engine.problems import Problem
from services.security.engine.actor import Actor


class Result(NamedTuple):
    """What a write answers: status, ETag (with its quotes; '' when there is none) and body."""

    status: int
    etag: str
    body: bytes


Then = Callable[[Connection, Result], Awaitable[None]]


async def perform(
    services: Services,
    actor: Actor,
    request_id: str,
    operation: Operation,
    *,
    key: tuple[Any, ...] = (),
    body: Any = None,
    if_match: int | None = None,
    idempotency_key: str | None = None,
    expand: tuple[str, ...] = (),
    then: Then | None = None,
    source: Source | None = None,
) -> Result:
    """Perform one write for `actor`. Raises `Problem`; after that nothing has been written.

    `body` is decoded JSON, not yet checked; `expand` names the relations to include in the answer. `then` runs in the same transaction before the commit, and again when the
    transaction has to be repeated. `source`: what answers in place of the database, of an operation that only reads.
    """
    operation.permission.require(actor)
    checked = operation.input.validate(body) if operation.input is not None else body
    hashed = (
        operation.request_hash(key, checked, actor.roles, expand) if idempotency_key is not None else None
    )
    if operation.sealed is not None:
        checked = seal(services.cipher, actor, operation.sealed, key, checked or {})
    given = Arguments(key, checked, if_match, idempotency_key, hashed, expand=expand)
    identity = (*actor.identity, request_id)
    if operation.finish is None and then is None:
        row = await (source or services.database).fetchrow(
            operation.function.call, *identity, *_values(operation.function, given)
        )
        return _result(services, row)

    async def work(connection: Connection) -> Result:
        result = await _in_transaction(services, connection, operation, actor, identity, given)
        if then is not None:
            await then(connection, result)
        return result

    return await services.database.retried(work)


async def _in_transaction(
    services: Services,
    connection: Connection,
    operation: Operation,
    actor: Actor,
    identity: tuple[str, ...],
    given: Arguments,
) -> Result:
    """Call the first function, user code and the second function. A stored answer of the same request ends it early."""
    row = await connection.fetchrow(operation.function.call, *identity, *_values(operation.function, given))
    if operation.finish is None or row is None or row["status"] != 0:
        return _result(services, row)
    context = OperationContext(connection, actor, identity[-1], operation.name, services.cipher)
    stored = exactly(row["row"]) if row["row"] else {}
    if operation.row is not None and stored:
        stored = operation.row.open(services.cipher, stored)
    outcome = await HANDLERS[operation.name](context, stored, given.body or {})
    given = given._replace(result=outcome)
    row = await connection.fetchrow(operation.finish.call, *identity, *_values(operation.finish, given))
    return _result(services, row)


def _values(function: Function, given: Arguments) -> list[Any]:
    try:
        return function.values(given)
    except (ValueError, ArithmeticError) as error:
        raise Problem("validation-failed", str(error)) from None


def _result(services: Services, row: Any) -> Result:
    if row is None:
        raise Problem("not-found")
    status, etag, body = row[0], row[1], row[2]
    return Result(status, etag or "", services.cipher.reveal(body.encode()) if body else b"")
