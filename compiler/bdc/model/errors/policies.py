"""E3: what is found wrong with policies while they are resolved."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Label
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class OldOutsideUpdate:
    name: str
    place: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E304",
            f"`{self.name}` has no meaning in {self.place}",
            Label(self.span),
            help="`old` and `new` are the row before and after an update: give `update` a rule of its own",
        )


@dataclass(frozen=True, slots=True)
class DuplicatePolicy:
    entity: str
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E308",
            f"`{self.entity}` has two policies",
            Label(self.span, "the second"),
            secondary=(Label(self.first, "the first"),),
            help="all rules of an entity stand in one place",
        )


@dataclass(frozen=True, slots=True)
class TwoOf:
    """Two scopes in a policy, two identities in a system."""

    what: str
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E309",
            f"there is {self.what} already",
            Label(self.span),
            secondary=(Label(self.first, "here"),),
            help="keep one of the two, and write in it what the other says",
        )


@dataclass(frozen=True, slots=True)
class NoIdentity:
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E306",
            "policies need an `identity` declaration",
            Label(self.span),
            help='write `identity User { bearer jwt { … }  claim id: uuid = "sub" … }`',
        )


@dataclass(frozen=True, slots=True)
class BadVia:
    path: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E310",
            f"`via {self.path}` leads nowhere: {self.why}",
            Label(self.span),
            help="`via` names a relation to one",
        )
