"""State machines."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.names import Name


@dataclass(frozen=True, slots=True)
class Transition(Node):
    """`draft, placed -> cancelled by cancel`."""

    sources: tuple[Name, ...]
    targets: tuple[Name, ...]
    operation: Name | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class MachineDecl(Node):
    """`machine Order.status { … }`."""

    entity: Name
    field: Name
    transitions: tuple[Transition | Broken, ...]
    doc: str = ""
