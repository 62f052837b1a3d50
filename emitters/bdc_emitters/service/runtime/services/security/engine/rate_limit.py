"""How often one caller may call, and one address may fail to say who calls, counted in this process (generic cell rate: smooth,
one number per caller)."""

import ipaddress
import math
import time
from typing import Any, NamedTuple

from services.engine.config import LimitSettings
from services.engine.problems import Problem
from services.security.engine.actor import Actor
from services.security.identity import LIMIT_BY

MAX_CALLERS = 100_000


class Allowance(NamedTuple):
    """What a caller has left: calls now, and seconds until all of them are back."""

    limit: int
    remaining: int
    reset: int


class Window:
    """Allows `rate` calls in `seconds`, in a burst or spread, per caller."""

    def __init__(self, name: str, rate: int, seconds: float, refusal: str) -> None:
        self.name = name
        self.refusal = refusal
        self.seconds = seconds
        self.step = seconds / rate if rate > 0 else 0.0
        self._rate = rate
        self._due: dict[str, float] = {}

    def count(self, caller: str, now: float, calls: int = 1) -> Allowance:
        """Count `calls` calls of `caller` at `now`. Raises `too-many-requests`, and then has counted none of them."""
        due = max(self._due.get(caller, 0.0), now)
        step = self.step * calls
        wait = due + step - now - self.seconds
        if wait > 0:
            raise too_many(self, wait)
        if len(self._due) >= MAX_CALLERS and caller not in self._due:
            self._forget(now)
        self._due[caller] = due + step
        return self.allowance(due + step - now)

    def allowance(self, used: float) -> Allowance:
        """Return what a caller has left whose calls are all back in `used` seconds."""
        return Allowance(self._rate, int((self.seconds - used) / self.step + 1e-9), math.ceil(used))

    def _forget(self, now: float) -> None:
        """Drop callers whose allowance is whole again; if that frees too little, the oldest."""
        self._due = {caller: due for caller, due in self._due.items() if due > now}
        if len(self._due) >= MAX_CALLERS:
            self._due = dict(sorted(self._due.items(), key=lambda entry: entry[1])[MAX_CALLERS // 10 :])


def too_many(window: Window, wait: float) -> Problem:
    """Return the refusal of calls that would be allowed in `wait` seconds."""
    after = str(math.ceil(min(wait, window.seconds))).encode()
    return Problem("too-many-requests", window.refusal, headers=[(b"retry-after", after)])


def calls_window(name: str, rate: int, seconds: float) -> Window:
    """Return a window for calls."""
    return Window(name, rate, seconds, "This caller has used up its calls for the moment.")


class RateLimiter:
    """The limit of calls per value of the claim (or per address), and that of failed authentications per address."""

    def __init__(self, settings: LimitSettings) -> None:
        seconds = float(settings.rate_seconds)
        self._calls = calls_window("calls", settings.rate, seconds)
        self._failures = Window(
            "failures",
            settings.failed_authentications,
            seconds,
            "Too many credentials from this address were not good.",
        )
        self._enabled = settings.rate > 0
        self._counts_failures = settings.failed_authentications > 0
        self._proxies = settings.proxies

    async def close(self) -> None:
        """Close what the limits are counted in."""

    async def check(self, actor: Actor, scope: Any, calls: int = 1) -> Allowance | None:
        """Count the calls of one request; None when there is no limit. Raises `too-many-requests`, with the seconds to wait."""
        if not self._enabled:
            return None
        caller = actor.counted(LIMIT_BY) if LIMIT_BY else ""
        return await self.counted(self._calls, caller or self.address(scope), calls)

    async def counted(self, window: Window, caller: str, calls: int) -> Allowance:
        """Count calls of `caller` in a window. Raises `too-many-requests`."""
        return window.count(caller, time.monotonic(), calls)

    def count(self, caller: str, now: float, calls: int = 1) -> Allowance:
        """Count calls of `caller` at `now`. Raises `too-many-requests`."""
        return self._calls.count(caller, now, calls)

    async def refused(self, scope: Any, problem: Problem) -> None:
        """Count a request whose credentials were not good. Raises `too-many-requests` in place of what they were refused with.

        Good credentials are never refused for the bad ones of others at the same address: they do not come here.
        """
        if self._counts_failures and problem.status == 401:
            await self.counted(self._failures, self.address(scope), 1)

    def address(self, scope: Any) -> str:
        """Return where a request comes from: as the last of the trusted proxies says, or who is connected."""
        if self._proxies > 0:
            forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            hops = b",".join(forwarded).split(b",")
            hop = hops[-min(self._proxies, len(hops))].strip().decode("latin-1")[:64]
            if hop:
                return network(hop)
        client = scope.get("client")
        return network(str(client[0])) if client else "unknown"


def network(address: str) -> str:
    """Return what calls of an address are counted under: of IPv6 its first 64 bits, all of which one subscriber has. A port behind it, as some
    proxies write it, is left out."""
    if ":" not in address:
        return address
    text = address[1:].partition("]")[0] if address.startswith("[") else address
    text = text.partition(":")[0] if text.count(":") == 1 else text
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    inner = found.ipv4_mapped
    return str(inner) if inner is not None else f"{ipaddress.IPv6Address(int(found) >> 64 << 64)}/64"
