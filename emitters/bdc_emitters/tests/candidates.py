"""Values that a field could take, the likely ones first. All of them fit the field's type."""

from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from bdc.ir import (
    Compare,
    EnumType,
    Literal,
    Scalar,
    ScalarField,
    ScalarType,
    SystemIR,
    label_of,
)
from bdc.surface import Member
from bdc.surface.examples import Examples, constant
from bdc.surface.patterns import text_matching
from bdc_emitters.tests.clock import FUTURE, PAST, is_near
from bdc_emitters.tests.constraints import Constraint, Constraints
from bdc_emitters.tests.distinct import distinct, satisfies
from bdc_emitters.tests.exact import exact, plain
from bdc_emitters.tests.pattern_texts import drawn_text
from bdc_emitters.tests.rows import UNKNOWN, WorldRow, fixed_uuid
from bdc_emitters.tests.solve import solutions
from bdc_emitters.tests.timed import timed_fields
from bdc_emitters.tests.walk import nodes, sql_texts

NUMBERS = (0, 1, 2, 3, 5, 10, 12, 50, 100, 1_000, -1)
SALTS = range(1, 13)
_STEPS: dict[Scalar, tuple[Any, ...]] = {
    Scalar.INT: (1, -1),
    Scalar.BIGINT: (1, -1),
    Scalar.DECIMAL: (Decimal(1), Decimal(-1)),
    Scalar.FLOAT: (1.0, -1.0),
    Scalar.DATE: (timedelta(days=1), timedelta(days=-1), timedelta(days=40)),
    Scalar.TIMESTAMP: (timedelta(hours=1), timedelta(hours=-1), timedelta(days=2), timedelta(days=-40)),
    Scalar.DURATION: (timedelta(hours=1), timedelta(hours=-1)),
}
_JSON: dict[Scalar, Any] = {
    Scalar.BOOL: bool,
    Scalar.INT: int,
    Scalar.BIGINT: int,
    Scalar.FLOAT: int | float,
    Scalar.DECIMAL: str,
    Scalar.UUID: str,
    Scalar.DATE: str,
    Scalar.TIME: str,
    Scalar.TIMESTAMP: str,
    Scalar.DURATION: str,
    Scalar.JSON: object,
    Scalar.BYTES: str,
    Scalar.STRING: str,
    Scalar.TEXT: str,
}
_SAMPLES: dict[Scalar, tuple[Any, ...]] = {
    Scalar.BOOL: (True, False),
    Scalar.DATE: (FUTURE[:10], PAST[:10], "2026-01-31"),
    Scalar.TIMESTAMP: (FUTURE, PAST, "2026-01-31T09:30:00+00:00"),
    Scalar.TIME: ("08:00:00", "09:30:00", "17:00:00", "23:00:00"),
    Scalar.DURATION: ("PT15M", "PT1H", "P1D", "PT0S"),
    Scalar.FLOAT: tuple(float(number) for number in NUMBERS),
}


class Candidates:
    """Makes candidates for the fields of one system."""

    def __init__(self, system: SystemIR, examples: Examples) -> None:
        self._system = system
        self._examples = examples
        self._timed = timed_fields(system)

    def of(self, rules: Constraints, field: ScalarField, row: WorldRow, broken: Constraint) -> list[Any]:
        """Return values for `field` of `row`, those that `broken` speaks of first."""
        found: dict[str, Any] = {}
        for value in self._each(rules, field, row, broken):
            if value != row.values[field.name] and self.fits(field, value):
                found.setdefault(repr(value), value)
        return sorted(found.values(), key=lambda value: self._depends(rules, field, value))

    def solving(self, rules: Constraints, field: ScalarField, row: WorldRow, node: Compare) -> list[Any]:
        """Return values of `field` that make a comparison equal, with their neighbours."""
        solved = solutions(node, field.name, lambda expr: rules.value(expr, row))
        offered = [each for value in solved for each in self._around(field, value)]
        fitting = [each for each in offered if each is not None and self.fits(field, each)]
        return [each for each in fitting if not self._depends(rules, field, each)]

    def _depends(self, rules: Constraints, field: ScalarField, value: Any) -> bool:
        """Whether conditions on the value would depend on when the tests run."""
        timed = (rules.entity.name, field.name) in self._timed
        return timed and isinstance(value, str) and is_near(value)

    def fits(self, field: ScalarField, value: Any) -> bool:
        """Whether a value satisfies the type of a field."""
        if value is None:
            return field.nullable
        logical = field.type
        if isinstance(logical, EnumType):
            return value in [label_of(each) for each in self._system.enum(logical.name).values]
        if not isinstance(logical, ScalarType):
            return True
        if isinstance(value, str) and logical.scalar in (Scalar.STRING, Scalar.TEXT):
            return satisfies(logical, value)
        try:
            return isinstance(value, _JSON[logical.scalar]) and _in_bounds(logical, exact(logical, value))
        except (ValueError, ArithmeticError, KeyError):
            return False

    def _each(
        self, rules: Constraints, field: ScalarField, row: WorldRow, broken: Constraint
    ) -> Iterator[Any]:
        yield from (constant(each, field.type) for each in field.examples)
        for value in self._about(rules, field, row, broken):
            yield from self._around(field, value)
        if broken.of_many:
            yield from self._peculiar(rules, field, row)
        yield from self._types(field)
        yield from self._seeded(rules, field)
        if not broken.of_many and any(True for expr in broken.exprs for _ in sql_texts(expr)):
            yield from self._peculiar(rules, field, row)
        if field.nullable:
            yield None

    def _about(
        self, rules: Constraints, field: ScalarField, row: WorldRow, broken: Constraint
    ) -> Iterator[Any]:
        """What would make both sides of a comparison equal, and what else the constraint mentions."""
        for expr in broken.exprs:
            for node in nodes(expr):
                if isinstance(node, Compare):
                    yield from solutions(node, field.name, lambda expr: rules.value(expr, row))
        for name in broken.fields:
            other = rules.entity.field(name)
            if not isinstance(other, ScalarField) or name == field.name:
                continue
            if _kind(other) == _kind(field) and row.values[name] is not UNKNOWN:
                yield _exact_or_none(other, row.values[name])
        yield from broken.values

    def _around(self, field: ScalarField, value: Any) -> Iterator[Any]:
        """A value, and its neighbours; of a text also what it matches, and texts that are as long as a number says."""
        logical = field.type
        if not isinstance(logical, ScalarType) or value is None:
            yield value
            return
        if logical.scalar in (Scalar.STRING, Scalar.TEXT):
            yield from _texts(logical, value)
            return
        try:
            given = value if not isinstance(value, str | int | Decimal) else exact(logical, str(value))
            given = int(given) if logical.scalar in (Scalar.INT, Scalar.BIGINT) else given
        except (ValueError, ArithmeticError, TypeError):
            return
        yield _plain_or_none(logical, given)
        for step in _STEPS.get(logical.scalar, ()):
            yield _plain_or_none(logical, _moved(given, step))

    def _types(self, field: ScalarField) -> Iterator[Any]:
        logical = field.type
        if isinstance(logical, EnumType):
            yield from (label_of(each) for each in self._system.enum(logical.name).values)
        elif isinstance(logical, ScalarType):
            yield from _SAMPLES.get(logical.scalar, ())
            if logical.scalar in (Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL):
                bounds = tuple(bound for bound in (logical.minimum, logical.maximum) if bound is not None)
                yield from (plain(logical, number) for number in (*NUMBERS, *bounds))
            if logical.scalar in (Scalar.STRING, Scalar.TEXT):
                yield from _shapes(self._examples.value(logical, field.name))

    def _seeded(self, rules: Constraints, field: ScalarField) -> Iterator[Any]:
        for seed in self._system.seeds:
            for row in seed.rows if any(each.entity == rules.entity.name for each in seed.rows) else ():
                for given in row.values if row.entity == rules.entity.name else ():
                    if given.field == field.name and isinstance(given.value, Literal):
                        yield given.value.plain

    def _peculiar(self, rules: Constraints, field: ScalarField, row: WorldRow) -> Iterator[Any]:
        """Values that hardly any other row has."""
        logical = field.type
        if not isinstance(logical, ScalarType):
            return
        for salt in SALTS:
            name = f"{row.name}~{salt}"
            if logical.scalar is Scalar.UUID:
                yield fixed_uuid(self._system.name, name, field.name)
            elif logical.scalar in (Scalar.STRING, Scalar.TEXT) and logical.pattern:
                yield drawn_text(logical.pattern, name, logical.min_length or 0)
            elif logical.scalar in _STEPS:
                value = _exact_or_none(field, row.values[field.name])
                yield _plain_or_none(logical, _moved(value, _STEPS[logical.scalar][0] * salt * 3))
                yield _plain_or_none(logical, _moved(value, _STEPS[logical.scalar][0] * salt))
            else:
                member = Member(field.name, logical, field.nullable, field=field.name)
                yield distinct(field, self._examples.member(rules.entity, member), name, key=True)


def _in_bounds(logical: ScalarType, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return True
    low, high = logical.minimum, logical.maximum
    if logical.scalar is Scalar.INT:
        low = max(low if low is not None else Decimal(-(2**31)), Decimal(-(2**31)))
        high = min(high if high is not None else Decimal(2**31 - 1), Decimal(2**31 - 1))
    if logical.precision is not None and abs(value) >= 10 ** (logical.precision - (logical.scale or 0)):
        return False
    return (low is None or value >= low) and (high is None or value <= high)


def _kind(field: ScalarField) -> Any:
    return getattr(field.type, "scalar", None) or getattr(field.type, "name", None)


def _exact_or_none(field: ScalarField, value: Any) -> Any:
    try:
        return exact(field.type, value)
    except ValueError:
        return None


def _plain_or_none(logical: ScalarType, value: Any) -> Any:
    try:
        return plain(logical, value)
    except (ValueError, ArithmeticError):
        return None


def _moved(value: Any, step: Any) -> Any:
    if isinstance(value, time) or value is None:
        return value
    try:
        return value + (Decimal(str(step)) if isinstance(value, Decimal) else step)
    except (OverflowError, TypeError):
        return value


def _texts(logical: ScalarType, value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield value
        matching = text_matching(value, logical.min_length or 0, logical.max_length)
        yield from () if matching is None else (matching, *_shapes(matching))
        yield from _shapes(value)
        yield f"{value}x"
        yield value[:-1]
    elif isinstance(value, int | Decimal) and 0 <= value <= 2_000:
        for length in (int(value), int(value) + 1, int(value) - 1):
            yield "x" * max(length, 0)


def _shapes(text: Any) -> Iterator[str]:
    if isinstance(text, str):
        yield from (text, text.lower(), text.upper(), text.strip(), text.replace(" ", "-"), "x", "")
