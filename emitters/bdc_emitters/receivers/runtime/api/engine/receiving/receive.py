"""A message and its effect are one transaction: the inbox has its id, and the jobs are rows of the queue. What comes again has no second effect."""

import logging
import random
import time

import asyncpg

from api.engine.http import headers, query_string
from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint
from api.engine.receiving.declared import Event, Receiver
from api.engine.receiving.messages import Message, read
from api.engine.receiving.signatures import Unsigned, verify
from services.about import SERVICE_ROLE
from services.data.engine.pool import Connection
from services.engine.problems import Problem

log = logging.getLogger("api.receiving")

_NEW = (
    "insert into app.inbox (source, message, event) values ($1, $2, $3) on conflict do nothing returning true"
)
_FORGET = (
    "delete from app.inbox where (source, message) in (select source, message from app.inbox"
    " where source = $1 and at < now() - make_interval(secs => $2) order by at limit 1000)"
)
# One message in so many deletes ids that are old enough.
_FORGET_EVERY = 200
TAKEN = Answer(204)


def endpoint(receiver: Receiver) -> Endpoint:
    """Return what answers at the path of `receiver`: 204 for what is taken, known or of no event that is consumed; 401 for what the sender did not
    sign; 400 for what cannot be read."""

    async def receive(request: Request) -> Answer:
        query_string.no_query(request.query)
        body = await request.body()
        await _verify(receiver, request, body)
        headers.require_json(request)
        message = read(receiver.scheme, request.headers, body)
        event = receiver.events.get(message.event)
        if event is not None:
            await request.services.database.retried(
                lambda connection: _take(connection, receiver, event, message)
            )
        return TAKEN

    return receive


async def _verify(receiver: Receiver, request: Request, body: bytes) -> None:
    settings = request.services.settings
    secrets = receiver.secrets(settings)
    if not secrets:
        log.error("%s is not set: every webhook of %s is refused", receiver.variable, receiver.name)
    try:
        verify(receiver.scheme, secrets, request.headers, body, now=time.time(), tolerance=receiver.tolerance)
    except Unsigned as error:
        problem = Problem("unauthenticated", f"The webhook is refused: {error}.")
        await request.services.limiter.refused(request.scope, problem)
        raise problem from None


async def _take(connection: Connection, receiver: Receiver, event: Event, message: Message) -> None:
    """Note the message and queue its jobs, in the transaction of `connection`. Raises `malformed-request` where the payload has other types."""
    await connection.execute(f'set local role "{SERVICE_ROLE}"')
    if not await connection.fetchval(_NEW, receiver.name, message.id, message.event):
        return
    try:
        if not await connection.fetchval(event.check, message.payload):
            raise Problem("malformed-request", "The message is not read: a member is missing.")
        for run in event.runs:
            await connection.fetchval(run, message.payload)
    except asyncpg.PostgresError as error:
        if (error.sqlstate or "")[:2] not in ("22", "23"):
            raise
        log.warning("a webhook of %s is not read: %s", receiver.name, error)
        raise Problem("malformed-request", "The message is not read: a member has another type.") from None
    if random.randrange(_FORGET_EVERY) == 0:  # nosec B311
        await connection.execute(_FORGET, receiver.name, receiver.keep)
