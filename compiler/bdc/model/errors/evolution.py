"""E1, evolution: what was renamed or removed, and what that says of names that are still there."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Label
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class StillThere:
    """`@was(name)` or `dropped name`, and `name` exists."""

    kind: str
    name: str
    owner: str
    removed: bool
    span: Span
    declared: Span

    def diagnostic(self) -> Diagnostic:
        said = "it is gone" if self.removed else "something else is what it was"
        help_ = "remove the `dropped` line" if self.removed else "remove the `@was`, or rename in two steps"
        return Diagnostic(
            "E117",
            f"{self.kind} `{self.name}` of {self.owner} is still there, and here it is said that {said}",
            Label(self.span),
            secondary=(Label(self.declared, "declared here"),),
            help=help_,
        )


@dataclass(frozen=True, slots=True)
class ClaimedTwice:
    """One old name that two things come from, or that one comes from and that was removed too."""

    kind: str
    name: str
    owner: str
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E118",
            f"what becomes of {self.kind} `{self.name}` of {self.owner} is said twice",
            Label(self.span, "again here"),
            secondary=(Label(self.first, "first said here"),),
            help="it has one successor, or is dropped",
        )


@dataclass(frozen=True, slots=True)
class NoSqlObject:
    """`dropped sql "…"` with a text that names no object and begins no statement."""

    text: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E464",
            f"`{self.text}` names no object of SQL",
            Label(self.span),
            help='write it as DROP would: `table customer`, `column customer.name`, `function touch(int)`, `trigger "touch it" on a`',
        )
