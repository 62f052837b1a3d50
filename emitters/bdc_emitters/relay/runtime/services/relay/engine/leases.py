"""Which relay works on what: rows that are held for a time and renewed. The clock is that of the database.

Slot 0 is routing; 1 to `SLOTS` are the parts of the deliveries; a negative slot says that a relay is there, so that those which run share
the work. A relay that is killed loses its slots when the time is over; one that stops gives them back.
"""

import math
import time
from typing import Any

from services.data.engine.pool import Connection
from services.relay.engine.settings import SLOTS

_PRESENT = 32
_MAKE = """
    insert into app.relay_lease (slot, holder, until)
    select number, '', '-infinity' from generate_series($1::int, $2::int) as number on conflict do nothing
"""
_LOOK = "select slot, holder, until > now() as live from app.relay_lease order by slot for update"
_TAKE = """
    update app.relay_lease set holder = $1, until = now() + make_interval(secs => $2) where slot = any($3::smallint[])
"""
_GIVE = "update app.relay_lease set until = '-infinity' where holder = $1 and not slot = any($2::smallint[])"


class Leases:
    """The slots that this relay holds."""

    def __init__(self, holder: str, seconds: float) -> None:
        self.holder = holder
        self._seconds = seconds
        self._slots: frozenset[int] = frozenset()
        self._until = 0.0

    @property
    def slots(self) -> frozenset[int]:
        """Return the slots that are held now; none when they could not be renewed in time."""
        return self._slots if time.monotonic() < self._until else frozenset()

    @property
    def routes(self) -> bool:
        """Say whether this relay is the one that routes."""
        return 0 in self.slots

    async def make(self, connection: Connection) -> None:
        """Add the rows of all slots, where they are missing."""
        await connection.execute(_MAKE, -_PRESENT, SLOTS)

    async def renew(self, connection: Connection) -> None:
        """Renew what is held, take what is free up to a fair share, and give back what is more."""
        began = time.monotonic()
        rows = await connection.fetch(_LOOK)
        kept = share(self.holder, rows)
        await connection.execute(_GIVE, self.holder, kept)
        await connection.execute(_TAKE, self.holder, self._seconds, kept)
        self._slots = frozenset(slot for slot in kept if slot >= 0)
        self._until = began + self._seconds * 0.8

    async def release(self, connection: Connection) -> None:
        """Give everything back, so that another relay need not wait."""
        self._until = 0.0
        await connection.execute(_GIVE, self.holder, [])


def share(holder: str, rows: list[Any]) -> list[int]:
    """Return the slots that `holder` may have: its presence, and its part of the work."""
    free = [row["slot"] for row in rows if not row["live"]]
    mine = [row["slot"] for row in rows if row["live"] and row["holder"] == holder]
    relays = {row["holder"] for row in rows if row["live"]} | {holder}
    present = [slot for slot in (*mine, *free) if slot < 0][:1]
    if not present:
        return []
    work = [slot for slot in (*mine, *free) if slot >= 0]
    return [*present, *work[: math.ceil((SLOTS + 1) / len(relays))]]
