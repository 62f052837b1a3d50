"""Enums."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.entity import DroppedDecl
from bdc.syntax.ast.names import Attribute, Name


@dataclass(frozen=True, slots=True)
class EnumValue(Node):
    """`cancelled @deprecated("use refunded", since: v3)`."""

    name: Name
    attributes: tuple[Attribute, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class EnumDecl(Node):
    name: Name
    attributes: tuple[Attribute, ...]
    values: tuple[EnumValue | DroppedDecl | Broken, ...]
    doc: str = ""
