"""What is gone on purpose."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.names import Attribute, Name


@dataclass(frozen=True, slots=True)
class RemovedDecl(Node):
    """`dropped entity Customer @discard`; `kind` is `entity`, `enum`, `view`, or `sql`: then `name` is the text in
    quotes (`dropped sql "function touch()"`)."""

    kind: str
    name: Name
    attributes: tuple[Attribute, ...] = ()
