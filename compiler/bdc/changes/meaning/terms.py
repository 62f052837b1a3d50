"""What conditions look at, and the values that tell their cases apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from bdc.changes.meaning.canonical import key
from bdc.ir import (
    And,
    Compare,
    EnumType,
    Expr,
    InList,
    IsNull,
    ListLiteral,
    Literal,
    Not,
    Or,
    Scalar,
    ScalarType,
)

EnumValues = Callable[[str], tuple[str, ...]]
Value = str | bool | Decimal | int | None
_ORDERED = ("<", "<=", ">", ">=")
_NUMBERS = (Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL, Scalar.FLOAT)


@dataclass(slots=True)
class Term:
    """Something that is looked at: a path, or what is worked out. `group`: terms and constants that are compared with each other."""

    expr: Expr
    group: int
    truth: bool = False
    sides: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Terms:
    """`terms` by the text of their expression; `constants` and whether there is an order, by group."""

    terms: dict[str, Term] = field(default_factory=dict)
    constants: dict[int, dict[str, Literal]] = field(default_factory=dict)
    ordered: set[int] = field(default_factory=set)

    def enter(self, expr: Expr, side: int) -> None:
        """Add what the condition of one side looks at."""
        match expr:
            case And() | Or():
                for term in expr.terms:
                    self.enter(term, side)
            case Not():
                self.enter(expr.term, side)
            case Compare():
                self._together((expr.left, expr.right), side, ordered=expr.op in _ORDERED)
            case InList(items=ListLiteral()):
                assert isinstance(expr.items, ListLiteral)
                self._together((expr.value, *expr.items.items), side)
            case IsNull():
                self._term(expr.value, side)
            case Literal():
                pass
            case _:
                self._term(expr, side).truth = True

    def _together(self, parts: Iterable[Expr], side: int, *, ordered: bool = False) -> None:
        first: int | None = None
        listed = tuple(parts)
        for expr in (each for each in listed if not isinstance(each, Literal)):
            term = self._term(expr, side)
            first = term.group if first is None else self._merge(first, term.group)
        if first is None:
            return
        if ordered:
            self.ordered.add(first)
        kept = self.constants.setdefault(first, {})
        kept.update(
            (key(each), each) for each in listed if isinstance(each, Literal) and each.value is not None
        )

    def _term(self, expr: Expr, side: int) -> Term:
        found = self.terms.setdefault(key(expr), Term(expr, len(self.terms)))
        found.sides.add(side)
        return found

    def _merge(self, kept: int, gone: int) -> int:
        if kept == gone:
            return kept
        for term in self.terms.values():
            term.group = kept if term.group == gone else term.group
        self.constants.setdefault(kept, {}).update(self.constants.pop(gone, {}))
        if gone in self.ordered:
            self.ordered.add(kept)
        return kept

    def values(self, enum_values: EnumValues) -> dict[str, tuple[Value, ...]]:
        """Return the values that each term takes; those that conditions name come first, null last."""
        known = {
            group: self._group(group, enum_values) for group in {term.group for term in self.terms.values()}
        }
        return {name: self._with_null(term, known[term.group]) for name, term in self.terms.items()}

    def _with_null(self, term: Term, values: tuple[Value, ...]) -> tuple[Value, ...]:
        logical = term.expr.type
        if term.truth or (isinstance(logical, ScalarType) and logical.scalar is Scalar.BOOL):
            values = (True, False)
        return (*values, None) if term.expr.nullable else values

    def _group(self, group: int, enum_values: EnumValues) -> tuple[Value, ...]:
        members = [term.expr for term in self.terms.values() if term.group == group]
        constants = tuple(self.constants.get(group, {}).values())
        enums = {each.type.name for each in members if isinstance(each.type, EnumType)}
        named = [str(each.value) for each in constants]
        if enums and (whole := tuple(dict.fromkeys(value for enum in enums for value in enum_values(enum)))):
            return (*named, *(each for each in whole if each not in named))
        if group in self.ordered:
            return tuple(_in_order(constants, members))
        found: list[Value] = [constant(each) for each in constants]
        return (*found, *(f"another {number}" for number in range(1, len(members) + 1)))


def constant(literal: Literal) -> Value:
    """Return the value of a constant as terms take it."""
    logical = literal.type
    if isinstance(literal.value, bool) or literal.value is None:
        return literal.value
    if isinstance(logical, ScalarType) and logical.scalar in _NUMBERS:
        return Decimal(str(literal.value))
    return str(literal.value)


def _in_order(constants: Iterable[Literal], members: list[Expr]) -> Iterator[Value]:
    """Yield the constants, and values below, between and above them: as many as there are terms."""
    listed = [constant(each) for each in constants]
    numbers = sorted(each for each in listed if isinstance(each, Decimal))
    texts = sorted(each for each in listed if isinstance(each, str))
    if texts:
        yield from _texts(texts, len(members))
        return
    whole = all(
        isinstance(each.type, ScalarType) and each.type.scalar in (Scalar.INT, Scalar.BIGINT)
        for each in members
    )
    yield from numbers
    if not numbers:
        yield from (Decimal(each) for each in range(len(members)))
        return
    for step in range(1, len(members) + 1):
        yield numbers[0] - step
        yield numbers[-1] + step
    for low, high in pairwise(numbers):
        part = (high - low) / (len(members) + 1)
        for step in range(1, len(members) + 1):
            between = low + (step if whole else part * step)
            if between < high:
                yield between


def _texts(texts: list[str], count: int) -> Iterator[Value]:
    """Texts, dates and times: what stands between two sorts behind the first of them."""
    yield from texts
    for step in range(1, count + 1):
        yield "" if step == 1 else "\x00" * step
        yield from (f"{each}{chr(step)}" for each in texts)


Assignment = Mapping[str, Value]
