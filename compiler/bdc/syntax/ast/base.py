"""What every syntax node is."""

from dataclasses import dataclass, field

from bdc.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Frozen, and stands at `span` (documentation comments in front of it are not part of the span)."""

    span: Span = field(kw_only=True)
