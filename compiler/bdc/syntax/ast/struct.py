"""Value objects."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.entity import Member
from bdc.syntax.ast.names import Attribute, Name, Path


@dataclass(frozen=True, slots=True)
class StructDecl(Node):
    """Any member is parsed; only fields mean something in a struct."""

    name: Name
    mixins: tuple[Path, ...]
    attributes: tuple[Attribute, ...]
    members: tuple[Member, ...]
    doc: str = ""
