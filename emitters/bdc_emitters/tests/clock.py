"""The time of the test run: unknown when the tests are written, except that it lies in a century around now.

Rows carry times that lie outside of that century, so that a comparison with `now()` has one answer whenever the tests run.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bdc.source.records import dataclass

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
PAST = "2001-01-31T09:30:00+00:00"
FUTURE = "2126-01-31T09:30:00+00:00"


def is_near(day: str) -> bool:
    """Whether an ISO date or time lies in the century in which the tests may run."""
    return EARLIEST.date().isoformat() <= day[:10] <= LATEST.date().isoformat()


class Unpredictable(Exception):
    """The answer depends on when the tests run."""


@dataclass(frozen=True)
class Clock:
    """`now()` (or `today()`: `day`), moved by `offset`."""

    offset: timedelta = timedelta()
    day: bool = False

    def __add__(self, other: Any) -> "Clock":
        if isinstance(other, timedelta):
            return Clock(self.offset + other, self.day)
        raise Unpredictable

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Clock":
        return self + (-other if isinstance(other, timedelta) else other)

    def __rsub__(self, other: Any) -> Any:
        raise Unpredictable

    def __lt__(self, other: Any) -> bool:
        return self._position(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._position(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._position(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._position(other) >= 0

    def __eq__(self, other: Any) -> bool:
        """Whether it is this time; what is no time never is, as JSON (`"2026-01-31"`) or as what the database makes: a row could hold that
        instead."""
        return isinstance(other, Clock | date) and self._position(other) == 0

    def __hash__(self) -> int:
        return hash((self.offset, self.day))

    def _position(self, other: Any) -> int:
        """Return -1 where the clock stands before `other`, 1 where it stands after it, 0 where both are one time of the run. Raises Unpredictable."""
        if isinstance(other, Clock) and self.day == other.day:
            return (self.offset > other.offset) - (self.offset < other.offset)
        if isinstance(other, date) and not isinstance(other, datetime):
            other = datetime(other.year, other.month, other.day, tzinfo=UTC)
        if not isinstance(other, datetime):
            raise Unpredictable
        if other < EARLIEST + self.offset:
            return 1
        if other > LATEST + self.offset:
            return -1
        raise Unpredictable
