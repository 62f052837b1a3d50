"""What entities share."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.entity import Member
from bdc.syntax.ast.names import Attribute, Name, Path


@dataclass(frozen=True, slots=True)
class MixinDecl(Node):
    """Fields, indexes, checks and policy rules."""

    name: Name
    mixins: tuple[Path, ...]
    attributes: tuple[Attribute, ...]
    members: tuple[Member, ...]
    doc: str = ""
