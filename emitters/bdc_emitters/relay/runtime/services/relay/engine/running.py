"""A running relay: its loops, and how it ends."""

import asyncio
import logging
import os
import random
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.config import Settings
from services.engine.problems import Problem
from services.relay.engine import metrics
from services.relay.engine.leases import Leases
from services.relay.engine.messages import Secrets
from services.relay.engine.ownership import Ownership
from services.relay.engine.retention import AT_ONCE, forget
from services.relay.engine.router import Router, as_service
from services.relay.engine.sender import Sender
from services.relay.engine.settings import Consumes, Declared, Publishes, RelaySettings
from services.security.engine.encryption import FieldCipher

log = logging.getLogger("services.relay")

_LOOK_SECONDS = 5.0
_FORGET_SECONDS = 600.0
_RELEASE_SECONDS = 3.0
Work = Callable[[], Awaitable[int]]


class Relay:
    """Everything one process does, until it is asked to end."""

    def __init__(self, settings: Settings, relay: RelaySettings, declared: Declared) -> None:
        self._database = Database(settings.database)
        self._settings = relay
        self._declared = declared
        self._ending = asyncio.Event()
        holder = f"{socket.gethostname()}/{os.getpid()}/{os.urandom(4).hex()}"
        secrets_of = secrets_by(FieldCipher(settings.secrets), declared)
        self._leases = Leases(holder, relay.lease)
        self._router = Router(declared, holder, relay.batch)
        self._sender = Sender(self._database, declared, relay, self._leases, secrets_of)
        self._publisher = self._made_publisher()
        self._consumed = self._made_consumption()
        self._ownership = Ownership(self._database, declared, relay, secrets_of)

    def _made_publisher(self) -> Publishes | None:
        declared = self._declared
        if declared.stream is None or declared.publisher is None:
            return None
        if not os.environ.get(declared.stream.variable):
            log.warning("%s is not set: no event is published", declared.stream.variable)
            return None
        return declared.publisher(self._database, declared.stream, self._settings)

    def _made_consumption(self) -> list[Consumes]:
        found, made = [], self._declared.consumption
        for source in self._declared.sources if made is not None else ():
            if os.environ.get(source.variable) and made is not None:
                found.append(made(self._database, source))
            else:
                log.warning("%s is not set: nothing of %s is consumed", source.variable, source.name)
        return found

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT; then finish what is being sent, and give the work back."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        await self._database.open()
        port = self._settings.port
        server = await metrics.serve(self._settings.host, port) if port else None
        noting = asyncio.create_task(self._sender.note())
        leasing = asyncio.create_task(self._loop(self._lease, self._settings.lease / 3))
        poll = self._settings.poll
        loops = [self._loop(self._look, _LOOK_SECONDS), self._loop(self._forget, _FORGET_SECONDS)]
        if self._declared.webhooks:
            loops.append(self._loop(self._route, poll))
            loops.append(self._loop(self._sender.send, poll, self._sender.noted))
            loops.append(self._loop(self._ask, max(poll, 1.0)))
        if self._publisher is not None:
            loops.append(self._loop(self._publish, poll))
        loops += [self._loop(partial(self._consume, each), poll) for each in self._consumed]
        await asyncio.gather(*loops)
        await self._sender.drain()
        for each in self._consumed:
            await each.close()
        if self._publisher is not None:
            await self._publisher.close()
        for task in (noting, leasing):
            task.cancel()
        with suppress(Problem, TimeoutError):
            async with asyncio.timeout(_RELEASE_SECONDS):
                await self._database.retried(self._release)
        if server is not None:
            server.close()
        await self._database.close(_RELEASE_SECONDS)

    async def _loop(self, work: Work, pause: float, wake: asyncio.Event | None = None) -> None:
        """Do `work` again at once while there is more of it, else after a pause, which `wake` ends; after a failure after a longer one."""
        while not self._ending.is_set():
            wait = pause
            try:
                if await work():
                    wait = 0.0
            except Problem as problem:
                log.warning("it is tried again: %s", problem.detail)
                wait = random.uniform(0.5, 1.5)  # nosec B311
            except Exception:  # one part of the work must not end the others
                log.exception("it is tried again")
                wait = random.uniform(5.0, 10.0)  # nosec B311
            await self._rest(wait, wake)

    async def _rest(self, seconds: float, wake: asyncio.Event | None) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await (wake or self._ending).wait()

    async def _lease(self) -> int:
        async def renew(connection: Connection) -> None:
            await as_service(connection)
            await self._leases.make(connection)
            await self._leases.renew(connection)

        await self._database.retried(renew)
        metrics.SLOTS.set(len(self._leases.slots))
        return 0

    async def _release(self, connection: Connection) -> None:
        await as_service(connection)
        await self._leases.release(connection)

    async def _route(self) -> int:
        if not self._leases.routes:
            return 0
        return await self._database.retried(self._router.route)

    async def _publish(self) -> int:
        if self._publisher is None or not self._leases.routes:
            return 0
        return await self._publisher.publish()

    async def _consume(self, source: Consumes) -> int:
        return await source.consume() if self._leases.routes else 0

    async def _ask(self) -> int:
        return await self._ownership.ask() if self._leases.routes else 0

    async def _look(self) -> int:
        await self._database.retried(lambda connection: metrics.look(connection, self._declared))
        return 0

    async def _forget(self) -> int:
        if not self._leases.routes:
            return 0
        return int(await self._database.retried(lambda each: forget(each, self._declared)) == AT_ONCE)


def secrets_by(cipher: FieldCipher, declared: Declared) -> Secrets:
    """Return what decrypts the secrets of a subscription: the one that is valid, and for a day the one before."""

    def secrets_of(row: Any) -> list[str]:
        context = f"{declared.column}|{row['tenant'] or ''}|"
        key = str(row["subscription"]) if declared.by_row else ""
        found = [cipher.decrypt(row["secret"], context, key)]
        if row["rotating"] and row["previous_secret"] is not None:
            # Its encryption key may have been taken out since; the valid secret is enough.
            with suppress(Problem):
                found.append(cipher.decrypt(row["previous_secret"], context, key))
        return found

    return secrets_of
