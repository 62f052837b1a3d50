"""What is killed and comes back while callers go on: PostgreSQL, the service, the worker. Without a word, each time."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path
from random import Random

import asyncpg

from bdc.stack.cluster import place_of
from bdc.stack.reach import StackError
from bdc.stack.server import Server, _spawn, kill_group
from bdc.stack.up import Running

_BACK_WITHIN = 120.0


class Killer:
    """`pause`: seconds between one that is back and the next one that is killed."""

    def __init__(self, up: Running, server: Server, seed: int, pause: float) -> None:
        self.up, self.server, self.chance, self.pause = up, server, Random(seed), pause
        self.killed = {"PostgreSQL": 0, "service": 0, "worker": 0}
        self._servers: list[subprocess.Popen[bytes]] = []
        self._running = server.pid

    async def until(self, ended: asyncio.Event) -> None:
        """Kill one after the other until `ended`, and leave all of them running."""
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), self.pause * self.chance.uniform(0.5, 1.5))
                return
            await self.kill(min(self.killed, key=lambda name: (self.killed[name], self.chance.random())))

    async def kill(self, name: str) -> None:
        self.killed[name] += 1
        if name == "PostgreSQL":
            await self._database()
        elif name == "service":
            _kill(self.up.backend.process.pid)
            await asyncio.to_thread(self.up.backend.stop)
            await self._service()
        else:
            assert self.up.worker is not None
            _kill(self.up.worker.process.pid)
            await asyncio.to_thread(self.up.worked)

    async def _service(self) -> None:
        """What was killed may hold its port for a moment longer."""
        async with asyncio.timeout(_BACK_WITHIN):
            while True:
                try:
                    self.up.backend = await asyncio.to_thread(self.up.serve)
                    return
                except StackError as error:
                    if "is in use" not in str(error):
                        raise
                await asyncio.sleep(0.1)

    async def _database(self) -> None:
        """The whole server dies at once, and starts on the same files and the same port."""
        kill_group(self._running)
        await asyncio.sleep(self.chance.uniform(0.2, 1.5))
        place, user = place_of(self.server.data_dir)
        (place / "postmaster.pid").unlink(missing_ok=True)
        made = _spawn(place, user, True, self.server.port)
        self._servers.append(made)
        self._running = made.pid
        async with asyncio.timeout(_BACK_WITHIN):
            while True:
                with contextlib.suppress(OSError, asyncpg.PostgresError):
                    await (await asyncpg.connect(self.up.settings.admin_url)).close()
                    return
                await asyncio.sleep(0.1)

    def stop(self) -> None:
        """End the servers that were started here."""
        for each in self._servers:
            if each.stdin is not None:
                each.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                each.wait(15)
            kill_group(each.pid)


def _kill(parent: int) -> None:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    for pid in (parent, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
