"""The expression language, interpreted over the rows of the world: a second reading of what the SQL says, by other means.

Three-valued like SQL: None is unknown. What depends on the time of the run or cannot be interpreted raises `NotJudged`.
"""

import math
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import field, replace
from decimal import ROUND_HALF_UP, Decimal
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from bdc.ir import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    CollectionField,
    Compare,
    ComputedField,
    EntityType,
    Expr,
    If,
    InList,
    IsNull,
    ListLiteral,
    Literal,
    Not,
    Or,
    Path,
    PathStep,
    Quantifier,
    ReferenceField,
    Root,
    SqlText,
)
from bdc.source.records import dataclass
from bdc_emitters.tests.callers import has_claim, is_key
from bdc_emitters.tests.clock import Clock, Unpredictable
from bdc_emitters.tests.exact import exact
from bdc_emitters.tests.rows import UNKNOWN, Fixture, WorldRow
from bdc_emitters.tests.truncate import part, truncated

# A caller without a token is one that no row names: equal to nothing, and unlike everything.
NOBODY = "(nobody)"


class NotJudged(Exception):
    """This expression has no value that could be known beforehand."""


@dataclass(frozen=True)
class Caller:
    """Who acts: an identity row (None: without a token) and the claim roles carried."""

    row: WorldRow | None
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """What an expression can see. `sql` reads SQL texts over the row; without it they have no value.
    `trace` collects the names of the rows that were looked at."""

    world: Fixture
    caller: Caller
    row: WorldRow | None = None
    bindings: dict[str, WorldRow] = field(default_factory=dict)
    sql: Callable[[SqlText, WorldRow], Any] | None = None
    trace: set[str] | None = None

    def value(self, expr: Expr) -> Any:
        """Return the value; rows are their names. Raises NotJudged."""
        found = EVALUATE.get(type(expr))
        if found is None:
            raise NotJudged(expr.kind)
        try:
            return found(self, expr)
        except (Unpredictable, TypeError, ValueError, ArithmeticError, AttributeError) as reason:
            raise NotJudged(expr.kind) from reason

    def holds(self, expr: Expr) -> bool:
        """Whether a condition is true (unknown is not)."""
        return self.value(expr) is True

    def _rows(self, collection: Path, binding: str) -> Iterable["Reader"]:
        for row in self._collected(collection):
            yield replace(self, bindings={**self.bindings, binding: row})

    def _collected(self, path: Path) -> list[WorldRow]:
        owner = self._start(path)
        for step in path.steps[:-1]:
            owner = self._row_of(self._step(owner, step))
        last = path.steps[-1]
        if not isinstance(owner, WorldRow) or last.entity is None:
            return []
        if last.walk is not None:
            return self._walked(owner, last)
        relation = self.world.system.entity(last.entity).field(last.field)
        if not isinstance(relation, CollectionField):
            raise NotJudged(last.field)
        holder = relation.through or relation.target
        pointing = [
            row for row in self.world.of(holder) if row.references.get(relation.inverse) == owner.name
        ]
        self._look_at(*pointing)
        if relation.through is None or relation.far is None:
            return [row for row in pointing if not self._deleted(row)]
        named = [row.references[relation.far] for row in pointing]
        return [self.world.rows[name] for name in named if name is not None]

    def _walked(self, start: WorldRow, step: PathStep) -> list[WorldRow]:
        """Return the rows above or below a row, each once; a tree that goes on behind the bound is not judged."""
        found: dict[str, WorldRow] = {}
        level, depth = [start], 0
        while level:
            level = [row for row in self._next_to(level, step) if row.name not in found]
            depth += 1
            if level and depth > step.depth:
                raise NotJudged(step.field)
            found.update((row.name, row) for row in level)
        self._look_at(start, *found.values())
        return [row for row in found.values() if not self._deleted(row)]

    def _next_to(self, level: list[WorldRow], step: PathStep) -> list[WorldRow]:
        if step.walk == "ancestors":
            names = [row.references[step.field] for row in level]
            return [self.world.rows[name] for name in names if name is not None]
        above = {row.name for row in level}
        return [row for row in self.world.of(level[0].entity) if row.references.get(step.field) in above]

    def _deleted(self, row: WorldRow) -> bool:
        deletion = self.world.system.entity(row.entity).soft_delete
        return deletion is not None and row.values[deletion] is not None

    def _look_at(self, *rows: WorldRow) -> None:
        if self.trace is not None:
            self.trace.update(row.name for row in rows)

    def _start(self, path: Path) -> Any:
        if path.root in (Root.ROW, Root.OLD, Root.NEW):
            return self.row
        if path.root is Root.BINDING and path.name is not None:
            return self.bindings[path.name]
        if path.root is Root.ACTOR:
            return self._actor(path)
        raise NotJudged(path.root)

    def _path(self, path: Path) -> Any:
        if path.root is Root.ACTOR and path.steps and path.steps[0].entity is None:
            return self._claim(path.steps[0].field)
        if path.root is Root.ACTOR and self._actor(path) is None:
            return None if path.steps or self._is_of_another(path) else NOBODY
        found = self._start(path)
        for step in path.steps:
            if found is None:
                return None
            found = self._step(self._row_of(found), step)
        if path.steps and path.steps[-1].entity is None:
            return exact(path.type, found)
        return found.name if isinstance(found, WorldRow) else found

    def _actor(self, path: Path) -> WorldRow | None:
        """Return the row of the caller; None where the path is of callers of another identity."""
        row, wanted = self.caller.row, path.steps[0].entity if path.steps else getattr(path.type, "name", "")
        return row if row is not None and row.entity == wanted else None

    def _is_of_another(self, path: Path) -> bool:
        """Whether the caller is of another identity than the path, and has no key there that no row has: a comparison is unknown."""
        identity, wanted = self.world.system.identity, getattr(path.type, "name", "")
        if self.caller.row is None or identity is None:
            return False
        return not is_key(identity, identity.key_of(wanted))

    def _claim(self, name: str) -> Any:
        identity = self.world.system.identity
        if identity is not None and name == identity.roles_claim:
            return list(self.caller.roles)
        row = self.caller.row
        if row is None or identity is None or not has_claim(identity, row.entity, name):
            return NOBODY if identity is not None and is_key(identity, name) else None
        if name == identity.key_of(row.entity):
            return self.world.key_of(row)[0]
        return self.world.claims_of(row.entity).get(name)

    def _row_of(self, value: Any) -> Any:
        return self.world.rows[value] if isinstance(value, str) and value in self.world.rows else value

    def _step(self, owner: Any, step: PathStep) -> Any:
        if step.entity is None:
            return owner.get(step.field) if isinstance(owner, dict) else None
        self._look_at(owner)
        found = self.world.system.entity(step.entity).field(step.field)
        if isinstance(found, ReferenceField):
            return owner.references[step.field]
        if isinstance(found, ComputedField):
            return replace(self, row=owner, bindings={}).value(found.expr)
        value = owner.values[step.field]
        if value is UNKNOWN:
            raise NotJudged(step.field)
        return exact(getattr(found, "type", None), value)


def _operand(reader: Reader, expr: Expr) -> Any:
    """Return a value as it compares: of a row, its key."""
    value = reader.value(expr)
    if isinstance(expr.type, EntityType) and value in reader.world.rows:
        key = reader.world.key_of(reader.world.rows[value])
        return key[0] if len(key) == 1 else key
    return value


def _compare(reader: Reader, expr: Compare) -> bool | None:
    left, right = _operand(reader, expr.left), _operand(reader, expr.right)
    if left is None or right is None:
        return None
    result: bool = COMPARE[expr.op](*_same_kind(left, right))
    return result


def _same_kind(left: Any, right: Any) -> tuple[Any, Any]:
    """A float beside an exact decimal is the decimal that it is written as."""
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    if isinstance(right, float) and isinstance(left, Decimal):
        return left, Decimal(str(right))
    return left, right


def _all_of(reader: Reader, terms: Iterable[Expr]) -> bool | None:
    return _decided(reader, terms, False)


def _any_of(reader: Reader, terms: Iterable[Expr]) -> bool | None:
    return _decided(reader, terms, True)


def _decided(reader: Reader, terms: Iterable[Expr], decisive: bool) -> bool | None:
    """AND and OR: one decisive term is enough, whatever the others would be."""
    values: list[bool | None] = []
    unknown: NotJudged | None = None
    for term in terms:
        try:
            values.append(reader.value(term))
        except NotJudged as reason:
            unknown = reason
    if any(value is decisive for value in values):
        return decisive
    if unknown is not None:
        raise unknown
    return None if any(value is None for value in values) else not decisive


def _not(reader: Reader, expr: Not) -> bool | None:
    value = reader.value(expr.term)
    return None if value is None else not value


def _in(reader: Reader, expr: InList) -> bool | None:
    value = _operand(reader, expr.value)
    if isinstance(expr.items, ListLiteral):
        items = [_operand(reader, item) for item in expr.items.items]
    else:
        items = reader.value(expr.items)
    if value is None or items is None:
        return None
    if value in [item for item in items if item is not None]:
        return True
    return None if None in items else False


def _arithmetic(reader: Reader, expr: Arithmetic) -> Any:
    left, right = reader.value(expr.left), reader.value(expr.right)
    if left is None or right is None:
        return None
    left, right = _same_kind(left, right)
    if expr.op == "/" and isinstance(left, int) and isinstance(right, int):
        return Decimal(left) / Decimal(right)
    return ARITHMETIC[expr.op](left, right)


def _aggregate(reader: Reader, expr: Aggregate) -> Any:
    inner = [
        each
        for each in reader._rows(expr.collection, expr.binding)
        if expr.where is None or each.holds(expr.where)
    ]
    if expr.function == "count":
        return len(inner)
    assert expr.value is not None
    values = [value for value in (each.value(expr.value) for each in inner) if value is not None]
    if expr.function == "sum":
        return sum(values)
    if expr.function == "list":
        return sorted(values)
    if not values:
        return None
    if expr.function == "avg":
        return sum(values) / (Decimal(len(values)) if isinstance(values[0], int | Decimal) else len(values))
    return min(values) if expr.function == "min" else max(values)


def _quantifier(reader: Reader, expr: Quantifier) -> bool:
    found = (each.holds(expr.where) for each in reader._rows(expr.collection, expr.binding))
    return any(found) if expr.quantifier == "exists" else all(found)


def _sql(reader: Reader, expr: SqlText) -> Any:
    if reader.sql is None or reader.row is None:
        raise NotJudged(expr.sql)
    return reader.sql(expr, reader.row)


def _call(reader: Reader, expr: Call) -> Any:
    if expr.function in ("now", "today"):
        return Clock(day=expr.function == "today")
    if expr.function not in FUNCTIONS:
        raise NotJudged(expr.function)
    values = [reader.value(argument) for argument in expr.arguments]
    there = [value for value in values if value is not None]
    if expr.function == "coalesce":
        return next(iter(there), None)
    if expr.function in _EXTREMES:
        return _EXTREMES[expr.function](there) if there else None
    return None if any(value is None for value in values) else FUNCTIONS[expr.function](*values)


_EXTREMES: dict[str, Callable[[Any], Any]] = {"greatest": max, "least": min}


_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)


def _slug(value: str) -> str:
    return re.sub("[^a-z0-9]+", "-", value.translate(_SMALL)).strip("-")


def _rounded(value: Any, digits: int = 0) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "lower": str.lower,
    "upper": str.upper,
    "trim": lambda text: text.strip(" "),
    "length": len,
    "coalesce": lambda *values: None,
    "abs": abs,
    "greatest": max,
    "least": min,
    "floor": math.floor,
    "ceil": math.ceil,
    "slugify": _slug,
    "concat": lambda *values: "".join(map(str, values)),
    "replace": lambda text, part, other: text.replace(part, other) if part else text,
    "substring": lambda text, start, count=None: text[
        start - 1 : None if count is None else start - 1 + count
    ],
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "contains": lambda text, part: part in text,
    "round": _rounded,
    "date_trunc": truncated,
    "date_part": part,
}
EVALUATE: dict[type, Callable[[Reader, Any], Any]] = {
    Literal: lambda reader, expr: exact(expr.type, expr.plain),
    ListLiteral: lambda reader, expr: [reader.value(item) for item in expr.items],
    Path: lambda reader, expr: reader._path(expr),
    Compare: _compare,
    Arithmetic: _arithmetic,
    And: lambda reader, expr: _all_of(reader, expr.terms),
    Or: lambda reader, expr: _any_of(reader, expr.terms),
    Not: _not,
    InList: _in,
    IsNull: lambda reader, expr: (reader.value(expr.value) is None) is not expr.negated,
    If: lambda reader, expr: reader.value(expr.then if reader.holds(expr.condition) else expr.otherwise),
    Call: _call,
    SqlText: _sql,
    Aggregate: _aggregate,
    Quantifier: _quantifier,
}
