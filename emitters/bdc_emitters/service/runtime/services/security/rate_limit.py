"""How often one caller may call, counted in this process (generic cell rate: smooth, one number per caller)."""

import math
import time
from typing import Any, NamedTuple

from services.config import LimitSettings
from services.problems import Problem
from services.security.actor import Actor
from services.security.identity import LIMIT_BY

MAX_CALLERS = 100_000


class Allowance(NamedTuple):
    """What a caller has left: calls now, and seconds until all of them are back."""

    limit: int
    remaining: int
    reset: int


class RateLimiter:
    """Allows `rate` calls in `rate_seconds`, in a burst or spread, per value of the claim (or per address)."""

    def __init__(self, settings: LimitSettings) -> None:
        self._enabled = settings.rate > 0
        self._rate = settings.rate
        self._window = float(settings.rate_seconds)
        self._step = self._window / settings.rate if self._enabled else 0.0
        self._due: dict[str, float] = {}

    def check(self, actor: Actor, scope: Any) -> Allowance | None:
        """Count one call; None when there is no limit. Raises `too-many-requests`, with the seconds to wait."""
        if not self._enabled:
            return None
        caller = actor.claim(LIMIT_BY) if LIMIT_BY else ""
        return self.count(caller or _address(scope), time.monotonic())

    def count(self, caller: str, now: float) -> Allowance:
        """Count one call of `caller` at `now`. Raises `too-many-requests`."""
        due = max(self._due.get(caller, 0.0), now)
        wait = due + self._step - now - self._window
        if wait > 0:
            raise Problem(
                "too-many-requests",
                "This caller has used up its calls for the moment.",
                headers=[(b"retry-after", str(math.ceil(wait)).encode())],
            )
        if len(self._due) >= MAX_CALLERS and caller not in self._due:
            self._forget(now)
        self._due[caller] = due + self._step
        used = due + self._step - now
        return Allowance(self._rate, int((self._window - used) / self._step + 1e-9), math.ceil(used))

    def _forget(self, now: float) -> None:
        """Drop callers whose allowance is whole again; if that frees too little, the oldest."""
        self._due = {caller: due for caller, due in self._due.items() if due > now}
        if len(self._due) >= MAX_CALLERS:
            self._due = dict(sorted(self._due.items(), key=lambda entry: entry[1])[MAX_CALLERS // 10 :])


def _address(scope: Any) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"
