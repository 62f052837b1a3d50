"""The collector that every phase writes to."""

from bdc.diagnostics.diagnostic import Diagnostic, Fact, Severity


class DiagnosticSink:
    """Collects problems from all phases; nothing here raises, so that one mistake never hides another."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def add(self, fact: Fact) -> None:
        self._found.setdefault(fact.diagnostic())

    @property
    def has_errors(self) -> bool:
        return any(found.severity is Severity.ERROR for found in self._found)

    def in_source_order(self) -> tuple[Diagnostic, ...]:
        """Return every distinct problem, by file, then place, then code; those without a place come first."""
        return tuple(sorted(self._found, key=_place))


def _place(found: Diagnostic) -> tuple[str, int, int, str]:
    if found.primary is None:
        return ("", 0, 0, found.code)
    span = found.primary.span
    return (span.file, span.start, span.end, found.code)
