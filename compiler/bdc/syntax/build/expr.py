"""Expressions."""

import re
from decimal import Decimal
from typing import Any

from lark import Token

from bdc.source import Span
from bdc.syntax.ast import (
    Aggregate,
    And,
    Argument,
    Arithmetic,
    Attribute,
    BoolLiteral,
    Call,
    Compare,
    DecimalLiteral,
    Entry,
    If,
    In,
    IntLiteral,
    ListLiteral,
    Name,
    Negate,
    Not,
    NullLiteral,
    ObjectLiteral,
    Or,
    Path,
    Quantifier,
    QuantityLiteral,
    RangeLiteral,
    StringLiteral,
)
from bdc.syntax.build.base import Block, Children, Rules, items, nodes, widen
from bdc.syntax.errors import MisplacedWhere, NotWhole

_AGGREGATES = frozenset({"count", "sum", "min", "max", "avg", "list"})
_QUANTITY = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?)(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Bounded:
    """An argument with a condition on its collection: `o in orders where (…)`. Only an aggregate may hold one."""

    __slots__ = ("argument", "span", "where")

    def __init__(self, argument: Argument, where: Any, span: Span) -> None:
        self.argument = argument
        self.where = where
        self.span = span


class ExprRules(Rules):
    """From conjunctions down to literals."""

    def conjunction(self, c: Children) -> And:
        return And(tuple(c[::2]), span=self._span(c))

    def disjunction(self, c: Children) -> Or:
        return Or(tuple(c[::2]), span=self._span(c))

    def conditional(self, c: Children) -> If:
        return If(c[1], c[3], c[5], span=self._span(c))

    def not_(self, c: Children) -> Not:
        return Not(c[1], span=self._span(c))

    def quantifier(self, c: Children) -> Quantifier:
        word = "exists" if c[0] == "exists" else "every"
        return Quantifier(word, c[1], c[3], c[6], span=self._span(c))  # type: ignore[arg-type]

    def bracketed_quantifier(self, c: Children) -> Quantifier:
        """`exists(x in xs where …)`, as `count(x in xs where …)` is written: the same as `exists x in xs where (…)`."""
        word = "exists" if c[0] == "exists" else "every"
        return Quantifier(word, c[2], c[4], c[6], span=self._span(c))  # type: ignore[arg-type]

    def compare(self, c: Children) -> Compare:
        return Compare(str(c[1]), c[0], c[2], span=self._span(c))  # type: ignore[arg-type]

    def in_(self, c: Children) -> In:
        return In(c[0], c[2], span=self._span(c))

    def not_in(self, c: Children) -> Not:
        span = self._span(c)
        return Not(In(c[0], c[3], span=span), span=span)

    def arithmetic(self, c: Children) -> Arithmetic:
        return Arithmetic(str(c[1]), c[0], c[2], span=self._span(c))  # type: ignore[arg-type]

    def negate(self, c: Children) -> Any:
        return negative(c[1], self._span(c))

    def reference(self, c: Children) -> Path | BoolLiteral | NullLiteral:
        return word_literal(c[0])

    def group(self, c: Children) -> Any:
        return widen(c[1], self._span(c))

    def number(self, c: Children) -> Any:
        return number(c[0], self._token_span(c[0]))

    def _whole(self, token: object) -> IntLiteral:
        """Return a NUMBER token as an int: a fraction where a count belongs is cut, and reported."""
        literal = self.number([token])
        if isinstance(literal, IntLiteral):
            return literal
        self.sink.add(NotWhole(literal.span))
        return IntLiteral(int(literal.value), span=literal.span)

    def bound(self, c: Children) -> Any:
        last = c[-1]
        value = number(last, self._token_span(last))
        return negative(value, self._span(c)) if len(c) == 2 else value

    def range(self, c: Children) -> RangeLiteral:
        return RangeLiteral(c[0], c[2], span=self._span(c))

    def string(self, c: Children) -> StringLiteral:
        return self._string(c[0])

    def _text(self, token: Token | None) -> str | None:
        """Return the text of a string that may be absent."""
        return None if token is None else self._string(token).value

    def _string(self, token: Token) -> StringLiteral:
        if token.type == "RAW_STRING":
            return StringLiteral(token[2:].removesuffix('"'), raw=True, span=self._token_span(token))
        body = token[1:-1] if len(token) > 1 and token.endswith('"') else token[1:]
        text = _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), body)
        return StringLiteral(text, span=self._token_span(token))

    def list(self, c: Children) -> ListLiteral:
        return ListLiteral(nodes(c), span=self._span(c))

    def object(self, c: Children) -> ObjectLiteral:
        entries = tuple(child for child in c if type(child) is Entry)
        return ObjectLiteral(entries, span=self._span(c))

    def entry(self, c: Children) -> Entry:
        return Entry(c[0], c[2], span=self._span(c))

    def quoted_entry(self, c: Children) -> Entry:
        key = self._string(c[0])
        return Entry(Name(key.value, span=key.span), c[2], span=self._span(c))

    def argument(self, c: Children) -> Argument | Bounded:
        span = self._span(c)
        argument = Argument(c[0], c[2], span=span)
        return argument if c[3] is None else Bounded(argument, c[3], span)

    def where_in(self, c: Children) -> Any:
        return c[2]

    def attribute(self, c: Children) -> Attribute:
        return Attribute(c[1], self._unbounded(items(c[2])), span=self._span(c))

    def arguments(self, c: Children) -> Block:
        found = tuple(child for child in c if type(child) is Argument or type(child) is Bounded)
        return Block(found, self._span(c))

    def call(self, c: Children) -> Call | Aggregate:
        path: Path = c[0]
        span = self._span(c)
        arguments = items(c[1])
        if path.text in _AGGREGATES and 0 < len(arguments) <= 2 and (bound := _binding(arguments[0])):
            where = arguments[0].where if type(arguments[0]) is Bounded else None
            values = self._unbounded(arguments[1:])
            value = values[0].value if values else None
            return Aggregate(path.text, *bound, where, value, span=span)  # type: ignore[arg-type]
        return Call(path, self._unbounded(arguments), span=span)

    def _unbounded(self, arguments: tuple[Argument | Bounded, ...]) -> tuple[Argument, ...]:
        """Return the arguments, having reported a `where` that belongs to no aggregate."""
        for found in arguments:
            if type(found) is Bounded:
                self.sink.add(MisplacedWhere(found.where.span))
        return tuple(found.argument if type(found) is Bounded else found for found in arguments)  # type: ignore[misc]


def number(token: Token, span: Span) -> IntLiteral | DecimalLiteral | QuantityLiteral:
    """Return the literal of a NUMBER or QUANTITY token."""
    found = _QUANTITY.match(token)
    digits, unit = (found[1].replace("_", ""), found[2]) if found else ("0", "")
    if unit:
        return QuantityLiteral(Decimal(digits), unit, span=span)
    return DecimalLiteral(Decimal(digits), span=span) if "." in digits else IntLiteral(int(digits), span=span)


def negative(value: Any, span: Span) -> Any:
    """Return `-value`: folded into a number, and into the lower end of a range."""
    if isinstance(value, IntLiteral | DecimalLiteral):
        return type(value)(-value.value, span=span)  # type: ignore[arg-type]
    if isinstance(value, QuantityLiteral):
        return QuantityLiteral(-value.value, value.unit, span=span)
    if isinstance(value, RangeLiteral) and value.low is not None:
        return RangeLiteral(negative(value.low, span), value.high, span=span)
    return Negate(value, span=span)


def word_literal(path: Path) -> Path | BoolLiteral | NullLiteral:
    """`true`, `false` and `null` are words like others until they stand alone as a value."""
    if len(path.names) == 1:
        word = path.names[0].text
        if word == "null":
            return NullLiteral(span=path.span)
        if word in ("true", "false"):
            return BoolLiteral(word == "true", span=path.span)
    return path


def _binding(found: Argument | Bounded) -> tuple[Name, Path | Call] | None:
    """Return the name and the collection of `i in items`, or None."""
    value = (found.argument if type(found) is Bounded else found).value  # type: ignore[union-attr]
    if type(value) is not In or type(value.value) is not Path:
        return None
    if type(value.items) is not Path and type(value.items) is not Call:
        return None
    return (value.value.names[0], value.items) if len(value.value.names) == 1 else None
