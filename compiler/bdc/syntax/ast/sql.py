"""SQL by hand."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node


@dataclass(frozen=True, slots=True)
class SqlBlock(Node):
    """SQL between triple quotes in a module, an entity, an operation or a job. `text` is without the quotes, the common
    indentation, and blank first and last lines."""

    text: str
    doc: str = ""
