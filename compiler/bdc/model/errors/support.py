"""E4: what the language has and this release does not build yet."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Label
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class NotSupported:
    what: str
    span: Span
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E499",
            f"{self.what} is not supported yet by this release",
            Label(self.span),
            help=self.help or "it is part of the language, and refused rather than silently left out",
        )
