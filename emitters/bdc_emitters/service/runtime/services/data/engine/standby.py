"""Connections to replicas, each of which knows how far its server has replayed; positions in the write-ahead log, and their text.

A position is a number of bytes since the log began. One connection is one server: behind an address of several replicas the next may be
another one, so what holds of one connection holds of no other.
"""

import asyncio
import logging
import time
from typing import Any, NamedTuple

from services.data.engine.pool import Pool
from services.data.engine.session import Session

log = logging.getLogger("services.data.replica")

# What a commit has waited for: no transaction that has been acknowledged is behind it.
FLUSHED = "select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint"
REPLAYED = (
    "select pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end,"
    " '0/0')::bigint"
)
_SESSION = "select pg_backend_pid(), set_config('lock_timeout', $1, false)"
NOWHERE = 2**63 - 1  # no replica ever gets there
POLL_SECONDS = 0.005


class Mark(NamedTuple):
    """How far the primary was, at which time (in seconds since 1970)."""

    position: int
    at: float

    def text(self) -> bytes:
        """Return what a caller is given."""
        return b"%X/%X-%d" % (self.position >> 32, self.position & 0xFFFFFFFF, int(self.at))


def mark_of(text: bytes | None) -> Mark | None:
    """Return what a caller has sent back; None when it has sent nothing, or nothing that this service gave."""
    if text is None or len(text) > 40:
        return None
    try:
        position, at = text.split(b"-")
        high, low = position.split(b"/")
        found = Mark((int(high, 16) << 32) + int(low, 16), float(int(at)))
    except ValueError:
        return None
    return found if 0 <= found.position <= NOWHERE else None


class Standby(Session):
    """A connection to a replica. `replayed`: how far its server was when it was last asked."""

    replayed = -1

    async def reaches(self, position: int, until: float) -> bool:
        """Say whether the server has replayed `position`, or does so before `until` of the monotonic clock."""
        while self.replayed < position:
            found = await self.fetchval(REPLAYED)
            self.replayed = -1 if found is None else int(found)
            if self.replayed >= position:
                break
            if time.monotonic() + POLL_SECONDS > until:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True


class Pooled(ConnectionRefusedError):
    """There is a pooler between: what one statement learns about its server means nothing for the next."""


class StandbyPool(Pool):
    """Connections to replicas."""

    connection_class = Standby
    _pooled = False

    async def _connected(self) -> Any:
        connection = await super()._connected()
        # Locks of the primary are replayed, and may stand for as long as the replay does: other reads go to the primary then.
        wait = f"{max(1, int(self._settings.replica_wait * 1000))}ms"
        try:
            row = await connection.fetchrow(_SESSION, wait)
        except BaseException:
            connection.terminate()
            raise
        if row is None or row[0] != connection.get_server_pid():
            connection.terminate()
            if not self._pooled:
                log.error(
                    "DATABASE_REPLICA_URL leads to a pooler: replicas are read without one, or not at all"
                )
            self._pooled = True
            raise Pooled
        return connection
