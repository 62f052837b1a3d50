"""The collector that every phase writes to."""

from collections.abc import Sequence
from dataclasses import replace

from bdc.diagnostics.diagnostic import Diagnostic, Severity
from bdc.diagnostics.edits import settled
from bdc.diagnostics.fact import Fact
from bdc.source import SourceFile


class DiagnosticSink:
    """Collects problems from all phases; nothing here raises, so that one mistake never hides another."""

    def __init__(self, tolerated: frozenset[str] = frozenset()) -> None:
        """Errors with a code of `tolerated` are collected as warnings."""
        self._found: dict[Diagnostic, None] = {}
        self._tolerated = tolerated

    def add(self, fact: Fact) -> None:
        found = fact.diagnostic()
        if found.code in self._tolerated:
            found = replace(found, severity=Severity.WARNING)
        self._found.setdefault(found)

    @property
    def has_errors(self) -> bool:
        return any(found.severity is Severity.ERROR for found in self._found)

    def in_source_order(self) -> tuple[Diagnostic, ...]:
        """Return every distinct problem, by file, then place, then code; those without a place come first."""
        return tuple(sorted(self._found, key=_place))

    def settled(self, files: Sequence[SourceFile]) -> tuple[Diagnostic, ...]:
        """Return them in source order, with the exact places of their edits in `files`."""
        sources = {file.path: file for file in files}
        return tuple(settled(found, sources) for found in self.in_source_order())


def _place(found: Diagnostic) -> tuple[str, int, int, str]:
    if found.primary is None:
        return ("", 0, 0, found.code)
    span = found.primary.span
    return (span.file, span.start, span.end, found.code)
