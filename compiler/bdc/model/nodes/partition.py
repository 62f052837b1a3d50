"""Partitions: resolved."""

from typing import Literal

from bdc import ir
from bdc.source import Span
from bdc.source.records import dataclass

Method = Literal["range", "list", "hash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    name: str
    span: Span
    kind: Literal["range", "list", "hash", "default"]
    low: tuple[ir.Bound, ...] = ()
    high: tuple[ir.Bound, ...] = ()
    values: tuple[ir.Expr, ...] = ()
    modulus: int = 0
    remainder: int = 0
    table: str | None = None
    storage: str | None = None
    was: tuple[str, ...] = ()
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Partitioning:
    """`fields`: what rows are told apart by, references as the fields that carry them."""

    method: Method
    fields: tuple[str, ...]
    span: Span
    partitions: tuple[Partition, ...] = ()
    by: ir.Period | None = None
    keep: int | None = None
