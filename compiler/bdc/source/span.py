"""Where something stands in a source file."""

from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points `[start, end)` in the file named `file` (a path as given, never absolute)."""

    file: str
    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """Return the smallest span that covers both."""
        return Span(self.file, min(self.start, other.start), max(self.end, other.end))
