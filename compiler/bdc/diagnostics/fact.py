"""What a rule found, as data; the words are made only when they are read."""

from typing import ClassVar

from bdc.diagnostics.declared import Declared, fields_of, fill
from bdc.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from bdc.diagnostics.suggest import Names, did_you_mean, is_only_one
from bdc.source import Span


class Fact:
    """The base of every fact: a frozen dataclass that names its declaration in `DIAGNOSTIC`.

    The templates of the declaration are filled from its fields and properties. A fact overrides a method below only where its
    words depend on a condition.
    """

    __slots__ = ()
    DIAGNOSTIC: ClassVar[Declared]

    def diagnostic(self) -> Diagnostic:
        """Return the diagnostic with all its words and places."""
        span = self.primary_span()
        declared = self.declaration()
        return Diagnostic(
            declared.code,
            fill(declared.title, self),
            None if span is None else Label(span, self.label_text()),
            severity=declared.severity,
            secondary=self.secondary(),
            help=self.help_text(),
            fix=self.fix(),
        )

    def declaration(self) -> Declared:
        """Return what this is an instance of, where `DIAGNOSTIC` depends on the data."""
        return self.DIAGNOSTIC

    def primary_span(self) -> Span | None:
        """Return where it is: the field `span`, if there is one."""
        span: Span | None = getattr(self, "span", None)
        return span

    def label_text(self) -> str:
        return fill(self.declaration().label, self)

    def help_text(self) -> str:
        return fill(self.declaration().help, self)

    def secondary(self) -> tuple[Label, ...]:
        """Return the further places that are known."""
        places = ((getattr(self, field), text) for field, text in self.declaration().also)
        return tuple(Label(span, fill(text, self)) for span, text in places if span is not None)

    def edits(self) -> tuple[Edit, ...]:
        """Return what to change in the text; () where that takes a decision."""
        return ()

    def fix(self) -> Fix | None:
        edits, declared = self.edits(), self.declaration()
        return Fix(fill(declared.fix, self), edits, declared.is_sure) if edits else None


class Misspelt(Fact):
    """A fact about a `name` that is none of `candidates`: the closest one is suggested and offered as a fix."""

    __slots__ = ()
    name: str
    span: Span
    candidates: tuple[str, ...]
    MARK: ClassVar[str] = ""  # what stands before such a name in a specification

    @property
    def meant(self) -> str:
        """The name that a candidate is sought for."""
        return self.name

    @property
    def renamed(self) -> str | None:
        """What it is called now, where a candidate had this name before."""
        return self.candidates.former.get(self.meant) if isinstance(self.candidates, Names) else None

    @property
    def close(self) -> str | None:
        return self.renamed or did_you_mean(self.meant, self.candidates)

    def help_text(self) -> str:
        """Return the suggestion, or else the help of the declaration when there is any candidate."""
        close = self.close
        if self.renamed is not None:
            return f"`{self.MARK}{self.meant}` is called `{self.MARK}{close}` now"
        if close is not None:
            return f"did you mean `{self.MARK}{close}`?"
        if not self.candidates and "candidates" in fields_of(self.declaration().help):
            return ""
        return super().help_text()

    def fix(self) -> Fix | None:
        close = self.close
        if close is None or (edit := self.correction(close)) is None:
            return None
        sure = self.renamed is not None or is_only_one(self.meant, close, self.candidates)
        return Fix(f"write `{self.MARK}{close}`", (edit,), sure)

    def correction(self, close: str) -> Edit | None:
        """Return the edit that writes `close` instead; None where that is not the whole of it."""
        return Edit(self.span, close)
