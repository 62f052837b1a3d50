"""What can be wrong with the text of a file: facts first, words last."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Edit, Fix, Label
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class Unexpected:
    """E001: something else should stand here."""

    span: Span
    found: str
    expected: str
    suggestion: str | None = None

    def diagnostic(self) -> Diagnostic:
        fix = None
        if self.suggestion:
            fix = Fix(f"write `{self.suggestion}`", (Edit(self.span, self.suggestion),))
        return Diagnostic(
            "E001",
            f"unexpected {self.found.removeprefix('the ')}",
            Label(self.span, f"expected {self.expected}"),
            help=f"did you mean `{self.suggestion}`?" if self.suggestion else "",
            fix=fix,
        )


@dataclass(frozen=True, slots=True)
class NeverClosed:
    """E002: an opening bracket without its closing one."""

    opening: Span
    bracket: str
    closing: str
    noticed: Span
    found: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E002",
            f"this `{self.bracket}` is never closed",
            Label(self.opening, "opened here"),
            secondary=(Label(self.noticed, f"`{self.closing}` is missing before {self.found}"),),
            fix=Fix(
                f"add `{self.closing}`",
                (Edit(Span(self.noticed.file, self.noticed.start, self.noticed.start), f"{self.closing}\n"),),
            ),
        )


@dataclass(frozen=True, slots=True)
class NeverOpened:
    """E003: a closing bracket that closes nothing."""

    span: Span
    bracket: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E003",
            f"this `{self.bracket}` closes nothing",
            Label(self.span, "no bracket is open here"),
            fix=Fix("remove it", (Edit(self.span, ""),)),
        )


@dataclass(frozen=True, slots=True)
class MixedConnectives:
    """E004: `and` and `or` side by side without parentheses."""

    span: Span
    found: str
    other: Span

    def diagnostic(self) -> Diagnostic:
        before = "and" if self.found == "or" else "or"
        return Diagnostic(
            "E004",
            "`and` and `or` cannot be mixed without parentheses",
            Label(self.span, f"`{self.found}` after `{before}`: which belongs together?"),
            secondary=(Label(self.other, f"`{before}` here"),),
            help="put parentheses around one side: `a and (b or c)` or `(a and b) or c`",
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """E005: one mark is missing, and it is clear which."""

    span: Span
    mark: str
    before: str

    def diagnostic(self) -> Diagnostic:
        text = f"{self.mark} " if self.mark in ":," else f" {self.mark}" if self.mark == "{" else self.mark
        return Diagnostic(
            "E005",
            f"`{self.mark}` is missing before {self.before}",
            Label(self.span, f"expected `{self.mark}` here"),
            fix=Fix(
                f"add `{self.mark}`",
                (Edit(Span(self.span.file, self.span.start, self.span.start), text.rstrip()),),
            ),
        )


@dataclass(frozen=True, slots=True)
class StrayText:
    """E006: characters that mean nothing."""

    span: Span
    text: str

    def diagnostic(self) -> Diagnostic:
        if set(self.text) == {";"}:
            message, note = "`;` is not used", "a line ends where it ends"
        elif self.text[0] in "'`‘’“”":
            message, note = f"`{self.text[0]}` does not quote", 'text stands in straight double quotes: "…"'
        else:
            message, note = f"`{self.text}` means nothing here", ""
        return Diagnostic(
            "E006",
            message,
            Label(self.span, "remove this"),
            help=note,
            fix=Fix("remove it", (Edit(self.span, ""),)),
        )


@dataclass(frozen=True, slots=True)
class Unterminated:
    """E007: a text without its closing quotes."""

    span: Span
    quotes: str

    def diagnostic(self) -> Diagnostic:
        end = Span(self.span.file, self.span.end, self.span.end)
        return Diagnostic(
            "E007",
            f"this text has no closing `{self.quotes}`",
            Label(
                self.span, "begins here" if len(self.quotes) > 1 else "a text ends on the line it begins on"
            ),
            help='text of several lines is for `sql """…"""` only' if len(self.quotes) == 1 else "",
            fix=Fix(f"add `{self.quotes}`", (Edit(end, self.quotes),)),
        )


@dataclass(frozen=True, slots=True)
class NoEdition:
    """E008: the first line does not name the edition."""

    span: Span

    def diagnostic(self) -> Diagnostic:
        start = Span(self.span.file, 0, 0)
        return Diagnostic(
            "E008",
            "the file does not begin with its edition",
            Label(self.span, "expected `bds 1` before this"),
            help="the edition says which version of the language the file is written in",
            fix=Fix("begin with `bds 1`", (Edit(start, "bds 1\n"),)),
        )


@dataclass(frozen=True, slots=True)
class UnknownEdition:
    """E009: an edition that this compiler does not know."""

    span: Span
    found: int

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E009",
            f"there is no edition {self.found}",
            Label(self.span, "the only edition is 1"),
            help="a file of a later edition needs a later compiler",
            fix=Fix("write `1`", (Edit(self.span, "1"),)),
        )


@dataclass(frozen=True, slots=True)
class UnknownUnit:
    """E010: a number with a unit that does not exist."""

    span: Span
    unit: str
    suggestion: str | None

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E010",
            f"there is no unit `{self.unit}`",
            Label(self.span),
            help="units are ms s m h d (m is minutes), Ki Mi Gi Ti, and %",
            fix=Fix(f"write `{self.suggestion}`", (Edit(self.span, self.suggestion),))
            if self.suggestion
            else None,
        )


@dataclass(frozen=True, slots=True)
class NotWhole:
    """E011: a fraction or a unit where something is counted."""

    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E011",
            "expected a whole number",
            Label(self.span, "not a whole number"),
            help="write digits alone: `10`",
        )


@dataclass(frozen=True, slots=True)
class MisplacedWhere:
    """E012: `where` in an argument that does not bind a name over a collection."""

    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E012",
            "`where` needs a bound collection",
            Label(self.span, "nothing is bound that this could be about"),
            help="write `count(o in orders where (o.status == placed))`: an aggregate, a name, and its collection",
        )


@dataclass(frozen=True, slots=True)
class DocumentsNothing:
    """E013: `///` with no declaration after it."""

    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E013",
            "this documentation documents nothing",
            Label(self.span, "nothing follows that could be documented"),
            help="`///` belongs to the declaration after it; `//` is a comment that belongs to nobody",
            fix=Fix(
                "make it a comment", (Edit(Span(self.span.file, self.span.start, self.span.start + 3), "//"),)
            ),
        )


@dataclass(frozen=True, slots=True)
class MisplacedHeader:
    """E014: a second edition or module, or one after the declarations."""

    span: Span
    what: str
    first: Span | None = None

    def diagnostic(self) -> Diagnostic:
        if self.first is None:
            return Diagnostic(
                "E014",
                f"the {self.what} stands too late",
                Label(self.span, "declarations stand before it"),
                help="the order is: edition, module, uses, declarations",
            )
        return Diagnostic(
            "E014",
            f"a file has one {self.what}",
            Label(self.span, "a second one"),
            secondary=(Label(self.first, "the first"),),
            help="remove the second one",
        )


@dataclass(frozen=True, slots=True)
class AssignsInExpression:
    """E015: `=` where two values are compared."""

    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E015",
            "`=` gives a default; to compare, write `==`",
            Label(self.span),
            fix=Fix("write `==`", (Edit(self.span, "=="),)),
        )


@dataclass(frozen=True, slots=True)
class ReservedName:
    """E016: one of the few words that cannot be names."""

    span: Span
    word: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E016",
            f"`{self.word}` cannot be a name",
            Label(self.span, "a word of expressions"),
            help="every other word may be a name; these may not: and or not in where if then else exists every",
            fix=Fix(f"write `{self.word}_`", (Edit(self.span, f"{self.word}_"),)),
        )


@dataclass(frozen=True, slots=True)
class Unfinished:
    """E017: a member ends in the middle, and the next one begins."""

    span: Span
    next: Span
    name: str
    expected: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E017",
            "this is not finished",
            Label(
                self.span,
                f"expected {self.expected} after this"
                if self.expected
                else "something is missing at its end",
            ),
            secondary=(Label(self.next, f"`{self.name}` begins here"),),
        )


@dataclass(frozen=True, slots=True)
class NotADeclaration:
    """E018: a word that declares nothing, where a declaration should begin."""

    span: Span
    found: str
    suggestion: str | None

    def diagnostic(self) -> Diagnostic:
        fix = None
        if self.suggestion:
            fix = Fix(f"write `{self.suggestion}`", (Edit(self.span, self.suggestion),))
        return Diagnostic(
            "E018",
            f"{self.found} does not begin a declaration",
            Label(self.span, "expected a declaration"),
            help=(
                f"did you mean `{self.suggestion}`?"
                if self.suggestion
                else "declarations begin with: type enum struct mixin entity view machine error event identity role policy "
                "api external job load deploy seed test sql"
            ),
            fix=fix,
        )


@dataclass(frozen=True, slots=True)
class TooDeep:
    """E019: brackets in brackets beyond measure."""

    span: Span
    limit: int

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E019",
            "this is nested too deeply",
            Label(self.span, f"more than {self.limit} brackets are open here"),
            help="give parts of it names of their own",
        )
