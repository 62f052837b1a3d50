"""What is left of text that could not be read."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.names import Name


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """A declaration or a member that was reported and skipped. `name`: what it would have declared, if that can be
    told, so that its uses are not reported as unknown."""

    name: Name | None = None
