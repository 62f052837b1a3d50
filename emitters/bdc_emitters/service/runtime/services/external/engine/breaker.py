"""A breaker: what fails again and again is left alone for a while, and then tried with one call."""

import time


class Breaker:
    """Closed at first. After `failures` in a row it is open for `seconds`; then one call is let through, which closes or opens it."""

    def __init__(self, failures: int, seconds: float) -> None:
        self._most, self._seconds = failures, seconds
        self._failed = 0
        self._until: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are refused."""
        return self._until is not None

    def opens_in(self) -> float:
        """Return how long calls are refused from now on, in seconds; 0: one may be made."""
        if self._until is None:
            return 0.0
        left = self._until - time.monotonic()
        return max(left, 0.1) if left > 0 or self._probing else 0.0

    def begin(self) -> None:
        """A call is made: where it was open, this one is the trial."""
        self._probing = self._until is not None

    def succeeded(self) -> None:
        """The service answered."""
        self._failed, self._until, self._probing = 0, None, False

    def failed(self) -> None:
        """The service did not answer, or failed."""
        self._failed += 1
        if self._probing or self._failed >= self._most:
            self._until = time.monotonic() + self._seconds
        self._probing = False

    def abandoned(self) -> None:
        """The call ended without a verdict: it was cancelled."""
        self._probing = False
