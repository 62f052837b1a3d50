"""Read models."""

from bdc.ir.base import Node
from bdc.ir.entity import Entity
from bdc.ir.expr import Expr
from bdc.ir.schema import Table


class View(Node):
    """`entity` is how an API sees it, `table` its columns (the key is one in name only). `values[i]` is what column i shows: an expression
    over the row of `source` that is bound to `binding`. Rows that are deleted are not in it. `refresh`: after how many seconds a
    materialized one is worked out anew; None: by hand. `group`: there is a row for each group of rows; expressions that equal one of `group` are about the group,
    aggregates over the binding itself are over the rows of that group, and `having` selects groups."""

    entity: Entity
    table: Table
    source: str
    binding: str
    where: Expr | None = None
    group: tuple[Expr, ...] = ()
    having: Expr | None = None
    values: tuple[Expr, ...]
    materialized: bool = False
    refresh: int | None = None
    was: tuple[str, ...] = ()
