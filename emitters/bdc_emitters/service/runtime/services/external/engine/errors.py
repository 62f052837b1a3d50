"""Why a call had no answer that can be used."""

from typing import Literal

from services.engine.problems import Problem

Reason = Literal["timeout", "unreachable", "open", "full", "failed", "refused", "unreadable"]
_WORDS: dict[Reason, str] = {
    "timeout": "did not answer in time",
    "unreachable": "cannot be reached",
    "open": "has failed several times, and is left alone for a while",
    "full": "is being asked by as many calls as it may be",
    "failed": "failed",
    "refused": "refused the request",
    "unreadable": "answered with something else than was agreed",
}


class ExternalError(Problem):
    """A call that failed. A handler may catch it; else the caller is answered 503.

    `reason` says why, `status` what the service answered (None: nothing). `unknown`: whether the service may have done what was asked.
    """

    def __init__(
        self,
        external: str,
        operation: str,
        reason: Reason,
        *,
        answered: int | None = None,
        unknown: bool = False,
        after: float | None = None,
        detail: str = "",
    ) -> None:
        wait = str(max(1, round(after or 1))).encode()
        super().__init__(
            "unavailable", f"The service {external} {_WORDS[reason]}.", headers=[(b"retry-after", wait)]
        )
        self.external = external
        self.operation = operation
        self.reason: Reason = reason
        self.answered = answered
        self.unknown = unknown
        self.after = after
        self.why = detail

    def __str__(self) -> str:
        status = f" ({self.answered})" if self.answered is not None else ""
        return f"{self.external}.{self.operation} {_WORDS[self.reason]}{status}{': ' if self.why else ''}{self.why}"

    @property
    def transient(self) -> bool:
        """Whether another attempt may go better."""
        return self.reason in ("timeout", "unreachable", "failed")
