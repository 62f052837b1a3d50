"""Partitioned tables."""

from typing import Literal as Kind

from bdc.ir.base import Node, Origin
from bdc.ir.expr import Expr

Bound = Expr | Kind["minvalue", "maxvalue"]


Period = Kind["day", "week", "month", "year"]


class Partition(Node):
    """One part. `low` (it belongs to it) and `high` (it does not) of a range have one bound per column; `values` of a list one column."""

    name: str
    kind: Kind["range", "list", "hash", "default"]
    low: tuple[Bound, ...] = ()
    high: tuple[Bound, ...] = ()
    values: tuple[Expr, ...] = ()
    modulus: int = 0
    remainder: int = 0
    storage: str | None = None
    was: tuple[str, ...] = ()
    doc: str = ""
    origin: Origin | None = None


class Partitioning(Node):
    """How the rows of a table are told apart, and into which parts. `by`: further parts are made at run time, one for each period; `keep`: those that
    ended so many seconds ago go, and so do rows of that age in other parts."""

    method: Kind["range", "list", "hash"]
    columns: tuple[str, ...]
    partitions: tuple[Partition, ...] = ()
    by: Period | None = None
    keep: int | None = None
