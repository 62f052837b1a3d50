"""What every syntax node is."""

from dataclasses import field

from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Frozen, and stands at `span` (documentation comments in front of it are not part of the span)."""

    span: Span = field(kw_only=True)
