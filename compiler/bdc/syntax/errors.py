"""What can be wrong with the text of a file: facts first, words last."""

from bdc.diagnostics import Declared, Edit, Fact, Fix
from bdc.diagnostics.catalogue import syntax as declared
from bdc.diagnostics.elsewhere import DECLARED_ELSEWHERE
from bdc.diagnostics.suggest import is_only_one
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Unexpected(Fact):
    """E001: something else should stand here."""

    DIAGNOSTIC = declared.UNEXPECTED

    span: Span
    found: str
    expected: str
    suggestion: str | None = None
    advice: str = ""

    @property
    def what(self) -> str:
        return self.found.removeprefix("the ")

    def help_text(self) -> str:
        if self.suggestion:
            return f"did you mean `{self.suggestion}`?"
        return self.advice or Fact.help_text(self)

    def fix(self) -> Fix | None:
        return _respelt(self.span, self.found, self.suggestion)


@dataclass(frozen=True, slots=True)
class NeverClosed(Fact):
    """E002: an opening bracket without its closing one."""

    DIAGNOSTIC = declared.NEVER_CLOSED

    opening: Span
    bracket: str
    closing: str
    noticed: Span
    found: str

    def primary_span(self) -> Span:
        return self.opening

    def edits(self) -> tuple[Edit, ...]:
        return (_insert(self.noticed, f"{self.closing}\n"),)


@dataclass(frozen=True, slots=True)
class NeverOpened(Fact):
    """E003: a closing bracket that closes nothing."""

    DIAGNOSTIC = declared.NEVER_OPENED

    span: Span
    bracket: str

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, ""),)


@dataclass(frozen=True, slots=True)
class MixedConnectives(Fact):
    """E004: `and` and `or` side by side without parentheses."""

    DIAGNOSTIC = declared.MIXED_CONNECTIVES

    span: Span
    found: str
    other: Span

    @property
    def before(self) -> str:
        return "and" if self.found == "or" else "or"


@dataclass(frozen=True, slots=True)
class Missing(Fact):
    """E005: one mark is missing, and it is clear which."""

    DIAGNOSTIC = declared.MISSING_MARK

    span: Span
    mark: str
    before: str

    def edits(self) -> tuple[Edit, ...]:
        text = f"{self.mark} " if self.mark in ":," else f" {self.mark}" if self.mark[0] == "{" else self.mark
        return (_insert(self.span, text.rstrip()),)


@dataclass(frozen=True, slots=True)
class StrayText(Fact):
    """E006: characters that mean nothing."""

    DIAGNOSTIC = declared.STRAY_TEXT

    span: Span
    text: str
    is_operator: bool = False

    @property
    def first(self) -> str:
        return self.text[0]

    def declaration(self) -> Declared:
        if set(self.text) == {";"}:
            return declared.STRAY_SEMICOLON
        if self.text == "&&":
            return declared.STRAY_OPERATOR if self.is_operator else declared.STRAY_AND
        return declared.STRAY_QUOTE if self.first in "'`‘’“”" else declared.STRAY_TEXT

    def edits(self) -> tuple[Edit, ...]:
        instead = '"&&"' if self.is_operator else "and"
        return (Edit(self.span, instead if self.text == "&&" else ""),)


@dataclass(frozen=True, slots=True)
class Unterminated(Fact):
    """E007: a text without its closing quotes."""

    DIAGNOSTIC = declared.UNTERMINATED

    span: Span
    quotes: str

    def declaration(self) -> Declared:
        return declared.UNTERMINATED if len(self.quotes) == 1 else declared.UNTERMINATED_SQL

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(Span(self.span.file, self.span.end, self.span.end), self.quotes),)


@dataclass(frozen=True, slots=True)
class NoEdition(Fact):
    """E008: the first line does not name the edition."""

    DIAGNOSTIC = declared.NO_EDITION

    span: Span

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(Span(self.span.file, 0, 0), "bds 1\n"),)


@dataclass(frozen=True, slots=True)
class UnknownEdition(Fact):
    """E009: an edition that this compiler does not know."""

    DIAGNOSTIC = declared.UNKNOWN_EDITION

    span: Span
    found: int

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "1"),)


@dataclass(frozen=True, slots=True)
class UnknownUnit(Fact):
    """E010: a number with a unit that does not exist."""

    DIAGNOSTIC = declared.UNKNOWN_UNIT

    span: Span
    unit: str
    suggestion: str | None

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, self.suggestion),) if self.suggestion else ()


@dataclass(frozen=True, slots=True)
class NotWhole(Fact):
    """E011: a fraction or a unit where something is counted."""

    DIAGNOSTIC = declared.NOT_WHOLE

    span: Span


@dataclass(frozen=True, slots=True)
class MisplacedWhere(Fact):
    """E012: `where` in an argument that does not bind a name over a collection."""

    DIAGNOSTIC = declared.MISPLACED_WHERE

    span: Span


@dataclass(frozen=True, slots=True)
class DocumentsNothing(Fact):
    """E013: `///` with no declaration after it."""

    DIAGNOSTIC = declared.DOCUMENTS_NOTHING

    span: Span

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(Span(self.span.file, self.span.start, self.span.start + 3), "//"),)


@dataclass(frozen=True, slots=True)
class MisplacedHeader(Fact):
    """E014: a second edition or module, or one after the declarations."""

    DIAGNOSTIC = declared.MISPLACED_HEADER

    span: Span
    what: str
    first: Span | None = None

    def declaration(self) -> Declared:
        return declared.MISPLACED_HEADER if self.first is None else declared.SECOND_HEADER


@dataclass(frozen=True, slots=True)
class AssignsInExpression(Fact):
    """E015: `=` where two values are compared."""

    DIAGNOSTIC = declared.ASSIGNS

    span: Span

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "=="),)


@dataclass(frozen=True, slots=True)
class ReservedName(Fact):
    """E016: one of the few words that cannot be names."""

    DIAGNOSTIC = declared.RESERVED_NAME

    span: Span
    word: str

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, f"{self.word}_"),)


@dataclass(frozen=True, slots=True)
class Unfinished(Fact):
    """E017: a member ends in the middle, and the next one begins."""

    DIAGNOSTIC = declared.UNFINISHED

    span: Span
    next: Span
    name: str
    expected: str = ""

    def declaration(self) -> Declared:
        return declared.UNFINISHED_BEFORE if self.expected else declared.UNFINISHED


@dataclass(frozen=True, slots=True)
class NotADeclaration(Fact):
    """E018: a word that declares nothing, where a declaration should begin."""

    DIAGNOSTIC = declared.NOT_A_DECLARATION

    span: Span
    found: str
    suggestion: str | None

    def help_text(self) -> str:
        known = DECLARED_ELSEWHERE.get(self.found.strip("`").lower())
        return known or (f"did you mean `{self.suggestion}`?" if self.suggestion else Fact.help_text(self))

    def fix(self) -> Fix | None:
        return _respelt(self.span, self.found, self.suggestion)


@dataclass(frozen=True, slots=True)
class TooDeep(Fact):
    """E019: brackets in brackets beyond measure."""

    DIAGNOSTIC = declared.TOO_DEEP

    span: Span
    limit: int


def _insert(before: Span, text: str) -> Edit:
    return Edit(Span(before.file, before.start, before.start), text)


def _respelt(span: Span, found: str, suggestion: str | None) -> Fix | None:
    """Return the fix that writes `suggestion` for the word `found` (in backticks, with or without an article)."""
    if not suggestion:
        return None
    word = found.removeprefix("the ").strip("`")
    return Fix(
        f"write `{suggestion}`", (Edit(span, suggestion),), is_only_one(word, suggestion, (suggestion,))
    )
