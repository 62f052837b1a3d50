"""Limits that all processes of the service count together, in Valkey. While Valkey is away each process counts for itself: a limit is then as
much higher as there are processes, and no request fails because of it.

Only numbers are kept there, under hashes of who calls, and each is forgotten when it says nothing any more.
"""

import asyncio
import logging
import math
import random
import time
from hashlib import blake2b
from typing import Any

from prometheus_client import Counter, Gauge
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from api.engine.middleware.metrics import REGISTRY
from services.about import SYSTEM
from services.engine.config import LimitSettings
from services.security.engine.rate_limit import Allowance, RateLimiter, Window, too_many

log = logging.getLogger("services.limits")

WITHIN = 0.1  # seconds that an answer may take
UP = Gauge("rate_limit_store_up", "Whether the store of shared limits answers.", registry=REGISTRY)
LOCAL = Counter(
    "rate_limit_local",
    "Calls that were counted by one process alone, because the store is away.",
    registry=REGISTRY,
)
# One number per caller: when all of its calls are back. The clock is the store's, so that those of processes need not agree.
_COUNT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + tonumber(ARGV[1])
local used = due - now
if used > tonumber(ARGV[2]) then return {0, tostring(used - tonumber(ARGV[2]))} end
redis.call('SET', KEYS[1], string.format('%.6f', due), 'PX', math.ceil(used * 1000) + 1)
return {1, tostring(used)}
"""


class SharedLimiter(RateLimiter):
    """The same limits, counted in the store of `settings`."""

    def __init__(self, settings: LimitSettings) -> None:
        super().__init__(settings)
        self._client: Any = Valkey.from_url(
            settings.store, socket_timeout=WITHIN, socket_connect_timeout=WITHIN, max_connections=50
        )
        self._script = self._client.register_script(_COUNT)
        self._away_until = float("-inf")
        UP.set(1)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def counted(self, window: Window, caller: str, calls: int) -> Allowance:
        """Count calls of `caller` in a window, together with all processes. Raises `too-many-requests`."""
        found = await self._asked(window, caller, calls) if time.monotonic() >= self._away_until else None
        if found is None:
            LOCAL.inc()
            return window.count(caller, time.monotonic(), calls)
        allowed, number = found
        if not allowed:
            raise too_many(window, number)
        return window.allowance(number)

    async def _asked(self, window: Window, caller: str, calls: int) -> tuple[bool, float] | None:
        """Return whether the calls are allowed, and the seconds until all are back, or until they are; None when the store is away."""
        who = blake2b(caller.encode(), digest_size=16).hexdigest()
        try:
            async with asyncio.timeout(WITHIN * 2):
                found = await self._script(
                    keys=[f"{SYSTEM}:limit:{window.name}:{who}"], args=[window.step * calls, window.seconds]
                )
        except (ValkeyError, OSError, TimeoutError) as error:
            # Not every request waits for what is away, and not all processes come back at the same moment.
            self._away_until = time.monotonic() + random.uniform(0.5, 1.5)  # nosec B311
            if UP._value.get():
                log.warning(
                    "limits are counted by each process alone: %s", error or "the store does not answer"
                )
            UP.set(0)
            return None
        UP.set(1)
        seconds = float(found[1])
        return bool(found[0]), seconds if math.isfinite(seconds) else 0.0
