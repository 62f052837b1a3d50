"""How often a password may be guessed, counted in this process.

Per source and login: after a few failures each next attempt waits longer. Per source: the same after many failures, up to ten seconds. Per login,
whatever the source: attempts are answered later, and never refused, so that a caller cannot be locked out by the failures of others.
Callers that are signed in already are not affected by any of it.
"""

import math
import time

from services.engine.problems import Problem

FREE = 5
LONGEST = 900.0
FORGOTTEN = 3_600.0
MOST = 50_000
SOURCE_FREE, SOURCE_LONGEST = 60, 10.0
SLOW_AFTER, SLOWEST = 20, 2.0


class Failures:
    """Failures by name, each forgotten after an hour without another."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, ...], tuple[int, float]] = {}

    def count(self, name: tuple[str, ...], now: float) -> int:
        """Return how many there were."""
        number, at = self._found.get(name, (0, 0.0))
        return number if now - at < FORGOTTEN else 0

    def last(self, name: tuple[str, ...]) -> float:
        """Return when the last one was."""
        return self._found.get(name, (0, 0.0))[1]

    def add(self, name: tuple[str, ...], now: float) -> None:
        """Note one more. Where there are too many names, the oldest are forgotten."""
        number = self.count(name, now)
        self._found.pop(name, None)
        if len(self._found) >= MOST:
            for oldest in list(self._found)[: MOST // 10]:
                del self._found[oldest]
        self._found[name] = (number + 1, now)

    def forget(self, name: tuple[str, ...]) -> None:
        """Forget those of a name."""
        self._found.pop(name, None)

    def take_back(self, name: tuple[str, ...]) -> None:
        """Forget one of a name."""
        number, at = self._found.get(name, (0, 0.0))
        if number > 1:
            self._found[name] = (number - 1, at)
        else:
            self.forget(name)


class Throttle:
    """Decides how long an attempt waits, or that it is not made."""

    def __init__(self) -> None:
        self._pairs = Failures()
        self._logins = Failures()
        self._sources = Failures()

    def admit(self, source: str, login: str) -> float:
        """Count an attempt as one that fails, and return the seconds by which it is answered later. Raises `too-many-requests`."""
        now = time.monotonic()
        wait = max(
            _free_at(self._pairs, (source, login), FREE, LONGEST, now),
            _free_at(self._sources, (source,), SOURCE_FREE, SOURCE_LONGEST, now),
        )
        if wait > now:
            headers = [(b"retry-after", str(math.ceil(wait - now)).encode())]
            raise Problem("too-many-requests", "Too many sign-ins failed; wait a moment.", headers=headers)
        beyond = self._logins.count((login,), now) - SLOW_AFTER
        # Counted before it is known whether it fails: attempts that run side by side are told from each other by nothing else.
        for failures, name in self._names(source, login):
            failures.add(name, now)
        return 0.0 if beyond < 0 else min(SLOWEST, 0.1 * 2.0 ** min(beyond, 10))

    def succeeded(self, source: str, login: str) -> None:
        """Take back what `admit` counted, and forget the failures of this source for this login."""
        for failures, name in self._names(source, login):
            failures.take_back(name)
        self._pairs.forget((source, login))

    def _names(self, source: str, login: str) -> tuple[tuple[Failures, tuple[str, ...]], ...]:
        return ((self._pairs, (source, login)), (self._logins, (login,)), (self._sources, (source,)))


def _free_at(failures: Failures, name: tuple[str, ...], free: int, longest: float, now: float) -> float:
    """Return when the next attempt may be made: after each failure beyond the free ones, twice as long after the last."""
    beyond = failures.count(name, now) - free
    return 0.0 if beyond < 0 else failures.last(name) + min(longest, 2.0 ** min(beyond, 10))
