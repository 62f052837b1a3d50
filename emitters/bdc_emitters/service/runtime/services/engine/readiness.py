"""Can the database be asked, does it hold this release, and are the keys of tokens there: asked at most once a second, however often that is wanted."""

import asyncio
import time
from typing import Protocol

from services.about import RELEASE, SEALED
from services.data.engine.database import Database
from services.engine.problems import Problem, unavailable
from services.security.engine.encryption import FieldCipher

READY = "select has_schema_privilege(current_user, $1::text, 'usage')"
PLAIN = "select array_agg(conname::text) from pg_constraint where conname::text = any($1::text[])"
FRESH_SECONDS = 1.0
STALE_SECONDS = 5.0


class Keys(Protocol):
    """What tokens are checked with."""

    async def present(self) -> bool:
        """Say whether tokens can be checked."""


class Readiness:
    """Keeps the last finding: it is answered for a second, and while the next one is being made. A lost connection ends it."""

    def __init__(self, database: Database, cipher: FieldCipher, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._cipher = cipher
        self._marks = dict(SEALED)
        self._refusal: Problem | None = None
        self._found_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self.migrated: bool | None = None  # None: not known yet, or not to be found out

    async def require(self) -> None:
        """Return when the service can answer. Raises `unavailable` with the reason when it cannot."""
        age = time.monotonic() - self._found_at
        if self._database.pool.lost_at >= self._found_at or age > STALE_SECONDS:
            await asyncio.shield(self._ask())
        elif age > FRESH_SECONDS:
            self._ask()
        if self._refusal is not None:
            raise Problem("unavailable", self._refusal.detail, headers=self._refusal.headers)

    def _ask(self) -> "asyncio.Task[None]":
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._find_out())
            self._asking.add_done_callback(self._finished)
        return self._asking

    def _finished(self, _: "asyncio.Task[None]") -> None:
        self._asking = None

    async def _find_out(self) -> None:
        try:
            await self._database.pool.examine()
            present = await self._database.probe.fetchval(READY, RELEASE)
        except Problem as problem:
            self._refusal, self.migrated = (
                unavailable(problem.detail or "The database does not answer."),
                None,
            )
        else:
            self.migrated = bool(present)
            reason = f"The database does not have the schema {RELEASE}: migrate it first."
            self._refusal = None if present else unavailable(reason, 5)
            if present and self._marks:
                await self._find_plain()
            if self._refusal is None and not await self._keys.present():
                self._refusal = unavailable("The keys that tokens are checked with cannot be fetched.", 5)
        self._found_at = time.monotonic()

    async def _find_plain(self) -> None:
        """Tell the cipher which columns a migration has not encrypted yet; once there are none, there are none for this release."""
        try:
            found: list[str] = await self._database.probe.fetchval(PLAIN, list(self._marks)) or []
        except Problem as problem:
            self._refusal = unavailable(problem.detail or "The database does not answer.")
            return
        self._cipher.plain = frozenset(self._marks[name] for name in found)
        if not found:
            self._marks = {}
