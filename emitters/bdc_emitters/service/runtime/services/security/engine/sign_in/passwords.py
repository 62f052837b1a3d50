"""Passwords as argon2id hashes, made and compared in threads, a few at a time: sign-in cannot take the memory of the service."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.engine.problems import unavailable

LONGEST = 256
# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
AT_ONCE = 4
WAITING = 64
Result = TypeVar("Result")


class Passwords:
    """Makes and compares hashes. `WAITING` may wait for their turn; more are sent away with a 503."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0
        self._nothing = ""

    async def hash(self, password: str) -> str:
        """Return the hash of `password`. Raises `unavailable`."""
        return await self._run(lambda: HASHER.hash(_normal(password)))

    async def matches(self, stored: str | None, password: str) -> bool:
        """Say whether `password` is that of `stored`; without one, take as long and say no. Raises `unavailable`."""
        if not self._nothing:
            self._nothing = await self.hash("no password has this hash")
        found = await self._run(lambda: _matches(stored or self._nothing, password))
        return found and stored is not None

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= WAITING:
            raise unavailable("Too many callers sign in at this moment.", 2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _normal(password: str) -> str:
    """Return one spelling of what keyboards spell in several ways."""
    return unicodedata.normalize("NFC", password)


def _matches(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
