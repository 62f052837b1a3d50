"""The facts that this package reports."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Label
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a name in a target: what it is in words, and where it is written."""

    what: str
    span: Span


@dataclass(frozen=True, slots=True)
class NameClash:
    """Two things that have one name in a target. `kind`: of the name (`type`, `mutation`, `field of \\`Order\\``)."""

    code: str
    target: str
    kind: str
    name: str
    first: Thing
    second: Thing
    help: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            self.code,
            f"two things have one name in {self.target}: {self.kind} `{self.name}`",
            Label(self.second.span, self.second.what),
            secondary=(Label(self.first.span, self.first.what),),
            help=self.help,
        )


@dataclass(frozen=True, slots=True)
class RouteClash:
    """Two operations that answer the same requests."""

    name: str
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E415",
            f"duplicate path: `{self.name}` leads to two operations",
            Label(self.span, "this operation"),
            secondary=(Label(self.first, "and this one"),),
            help='give one of them another path: `resource X at "/…"`, or `@http(METHOD, "/…")` on an operation',
        )
