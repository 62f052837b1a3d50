"""The expression language, interpreted over the rows of the world: a second reading of what the SQL says, by other means.

Three-valued like SQL: None is unknown. What depends on the clock or cannot be interpreted raises `NotJudged`.
"""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bdc.ir import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    CollectionField,
    Compare,
    ComputedField,
    Expr,
    Identity,
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
    Scalar,
    ScalarType,
    SqlText,
)
from bdc_emitters.tests.world import World, WorldRow

# Who calls without a token is somebody whom no row names: equal to nothing, and unlike everything.
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
    """What an expression can see."""

    world: World
    caller: Caller
    row: WorldRow | None = None
    bindings: dict[str, WorldRow] = field(default_factory=dict)

    def value(self, expr: Expr) -> Any:
        """Return the value; rows are their names. Raises NotJudged."""
        found = EVALUATE.get(type(expr))
        if found is None:
            raise NotJudged(expr.kind)
        return found(self, expr)

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
        relation = self.world.system.entity(last.entity).field(last.field)
        if not isinstance(relation, CollectionField):
            raise NotJudged(last.field)
        holder = relation.through or relation.target
        pointing = [
            row for row in self.world.of(holder) if row.references.get(relation.inverse) == owner.name
        ]
        if relation.through is None or relation.far is None:
            return [row for row in pointing if not self._deleted(row)]
        named = [row.references[relation.far] for row in pointing]
        return [self.world.rows[name] for name in named if name is not None]

    def _deleted(self, row: WorldRow) -> bool:
        deletion = self.world.system.entity(row.entity).soft_delete
        return deletion is not None and row.values[deletion] is not None

    def _start(self, path: Path) -> Any:
        if path.root in (Root.ROW, Root.OLD, Root.NEW):
            return self.row
        if path.root is Root.BINDING and path.name is not None:
            return self.bindings[path.name]
        if path.root is Root.ACTOR:
            return self.caller.row
        raise NotJudged(path.root)

    def _path(self, path: Path) -> Any:
        if path.root is Root.ACTOR and path.steps and path.steps[0].entity is None:
            return self._claim(path.steps[0].field)
        if path.root is Root.ACTOR and self.caller.row is None:
            return NOBODY
        found = self._start(path)
        for step in path.steps:
            if found is None:
                return None
            found = self._step(self._row_of(found), step)
        return found.name if isinstance(found, WorldRow) else found

    def _claim(self, name: str) -> Any:
        identity = self.world.system.identity
        if identity is not None and name == identity.roles_claim:
            return list(self.caller.roles)
        row = self.caller.row
        if row is None:
            return NOBODY if identity is not None and _is_key(identity, name) else None
        if name == "id":
            return row.name
        return row.references.get(name, row.values.get(name))

    def _row_of(self, value: Any) -> Any:
        return self.world.rows[value] if isinstance(value, str) and value in self.world.rows else value

    def _step(self, owner: Any, step: PathStep) -> Any:
        if step.entity is None:
            return owner.get(step.field) if isinstance(owner, dict) else None
        found = self.world.system.entity(step.entity).field(step.field)
        if isinstance(found, ReferenceField):
            return owner.references[step.field]
        if isinstance(found, ComputedField):
            return replace(self, row=owner, bindings={}).value(found.expr)
        value = owner.values[step.field]
        is_key = (step.field,) == self.world.system.entity(step.entity).key
        # A row and its key are the same thing here, so that `id == actor.org` and `org == actor.org` read alike.
        return owner.name if is_key else _exact(found, value)


def _is_key(identity: Identity, name: str) -> bool:
    """Whether every caller has a uuid by this name; nobody's is one that no row has."""
    claim = next(claim for claim in identity.claims if claim.name == name)
    return claim.type == ScalarType(scalar=Scalar.UUID) and not claim.nullable


def _exact(found: Any, value: Any) -> Any:
    logical = getattr(found, "type", None)
    if isinstance(logical, ScalarType) and logical.scalar is Scalar.DECIMAL and value is not None:
        return Decimal(str(value))
    return value


def _compare(reader: Reader, expr: Compare) -> bool | None:
    left, right = reader.value(expr.left), reader.value(expr.right)
    if left is None or right is None:
        return None
    result: bool = COMPARE[expr.op](left, right)
    return result


def _all_of(reader: Reader, terms: Iterable[Expr]) -> bool | None:
    values = [reader.value(term) for term in terms]
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def _any_of(reader: Reader, terms: Iterable[Expr]) -> bool | None:
    values = [reader.value(term) for term in terms]
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def _not(reader: Reader, expr: Not) -> bool | None:
    value = reader.value(expr.term)
    return None if value is None else not value


def _in(reader: Reader, expr: InList) -> bool | None:
    value, items = reader.value(expr.value), reader.value(expr.items)
    return None if value is None or items is None else value in items


def _literal(reader: Reader, expr: Literal) -> Any:
    logical = expr.type
    if isinstance(logical, ScalarType) and logical.scalar is Scalar.DECIMAL and expr.value is not None:
        return Decimal(str(expr.value))
    return expr.value


def _arithmetic(reader: Reader, expr: Arithmetic) -> Any:
    left, right = reader.value(expr.left), reader.value(expr.right)
    return None if left is None or right is None else ARITHMETIC[expr.op](left, right)


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
    if not values:
        return None
    if expr.function == "avg":
        return sum(values) / len(values)
    return min(values) if expr.function == "min" else max(values)


def _quantifier(reader: Reader, expr: Quantifier) -> bool:
    found = (each.holds(expr.where) for each in reader._rows(expr.collection, expr.binding))
    return any(found) if expr.quantifier == "exists" else all(found)


def _sql(reader: Reader, expr: SqlText) -> Any:
    raise NotJudged(expr.sql)


def _call(reader: Reader, expr: Call) -> Any:
    if expr.function not in FUNCTIONS:
        raise NotJudged(expr.function)
    values = [reader.value(argument) for argument in expr.arguments]
    if expr.function == "coalesce":
        return next((value for value in values if value is not None), None)
    return None if any(value is None for value in values) else FUNCTIONS[expr.function](*values)


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
    "trim": str.strip,
    "length": len,
    "coalesce": lambda *values: None,
    "abs": abs,
}
EVALUATE: dict[type, Callable[[Reader, Any], Any]] = {
    Literal: _literal,
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
