"""Read models."""

from __future__ import annotations

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.entity import Member
from bdc.syntax.ast.expr import Expr
from bdc.syntax.ast.names import Attribute, Name, Path


@dataclass(frozen=True, slots=True)
class ViewDecl(Node):
    """`view OpenOrders from o in Order where (o.status == placed) @materialized(refresh: 5m) { number: string = o.number }`:
    each field's default is the expression that it shows. `group (o.customer) having (count(o) > 1)`: a row for each group of rows."""

    name: Name
    binding: Name
    entity: Path
    where: Expr | None
    attributes: tuple[Attribute, ...]
    members: tuple[Member, ...]
    doc: str = ""
    group: tuple[Expr, ...] = ()
    having: Expr | None = None
