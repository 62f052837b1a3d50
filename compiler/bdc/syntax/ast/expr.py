"""Expressions, untyped. Parentheses are not kept: the nesting says the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.names import Name, Path


@dataclass(frozen=True, slots=True)
class IntLiteral(Node):
    value: int


@dataclass(frozen=True, slots=True)
class DecimalLiteral(Node):
    value: Decimal


@dataclass(frozen=True, slots=True)
class QuantityLiteral(Node):
    """`800ms 15m 256Mi 99.9%`: the unit is one of ms s m h d % Ki Mi Gi Ti."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class StringLiteral(Node):
    """`"…"` with its escapes resolved, or `r"…"` (`raw`) as it stands."""

    value: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class BoolLiteral(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class NullLiteral(Node):
    pass


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`3..20`, `..40`, `1..`, `256Mi..512Mi`: both ends belong to it; a missing end is open."""

    low: Number | None
    high: Number | None


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """`name: value` inside braces."""

    name: Name
    value: Expr
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ObjectLiteral(Node):
    """`{ name: value, … }`: rows of a seed, values of a struct, settings."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Argument(Node):
    """`value` or `name: value`."""

    name: Name | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`now()`, `o.cancel(reason: "…")`, `count(items)`."""

    function: Path
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """`sum(i in items where (…), i.quantity * i.unit_price)`; `count` has no value. `count(items)` is a Call."""

    function: Literal["count", "sum", "min", "max", "avg", "list"]
    binding: Name
    collection: Path | Call
    where: Expr | None = None
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """`exists m in org.members where (m.user == actor)`. A call is `ancestors(x)` or `descendants(x)`."""

    quantifier: Literal["exists", "every"]
    binding: Name
    collection: Path | Call
    where: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In(Node):
    """`status in [draft, placed]`, `user in team.members`, `team in ancestors(part)`; `not in` is a Not around it."""

    value: Expr
    items: ListLiteral | Path | Call


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """`-x`; a minus before a number is part of the number."""

    term: Expr


@dataclass(frozen=True, slots=True)
class And(Node):
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    term: Expr


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then a else b`."""

    condition: Expr
    then: Expr
    otherwise: Expr


Number = IntLiteral | DecimalLiteral | QuantityLiteral
Expr = (
    Path
    | IntLiteral
    | DecimalLiteral
    | QuantityLiteral
    | StringLiteral
    | BoolLiteral
    | NullLiteral
    | RangeLiteral
    | ListLiteral
    | ObjectLiteral
    | Call
    | Aggregate
    | Quantifier
    | Compare
    | In
    | Arithmetic
    | Negate
    | And
    | Or
    | Not
    | If
)
