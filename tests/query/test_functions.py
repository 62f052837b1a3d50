"""The functions of expressions: PostgreSQL and the reader of the emitted tests give the same, over awkward texts and numbers."""

import itertools
from decimal import Decimal
from typing import Any

import pytest
from tests.support.postgres import Databases, run
from tests.support.shop import shop as built_shop

from bdc.ir import Call, Expr, Literal, Scalar, ScalarType, SystemIR
from bdc.model.functions import UNITS
from bdc.query.expressions import lower
from bdc.query.scope import Scope
from bdc.query.trees import print_sql
from bdc_emitters.tests.interpret import EVALUATE

pytestmark = pytest.mark.postgres

TEXTS = ("", "a", "Ab", "  two words ", "%_", "\u00c4\u00df\u0130x", "--a--b", "\U0001f600 smile", "O'Hara\\")
MOMENTS = (
    "2024-02-29T23:59:59.999Z",
    "2023-01-01T00:00:00Z",
    "2020-12-31T12:30:00+05:00",
    "0001-01-01T00:00:00Z",
)
NUMBERS = ("0", "-1.5", "2.5", "2.49", "-0.01", "1000000000000.5")
TEXT, INT, DECIMAL = (ScalarType(scalar=each) for each in (Scalar.TEXT, Scalar.INT, Scalar.DECIMAL))


def text(value: str) -> Expr:
    return Literal(type=TEXT, value=value)


def number(value: str) -> Expr:
    return Literal(type=DECIMAL, value=value)


def position(value: int) -> Expr:
    return Literal(type=INT, value=value)


def calls() -> list[Call]:
    found: list[tuple[str, tuple[Expr, ...]]] = []
    for one, other in itertools.product(TEXTS, TEXTS):
        found += [(name, (text(one), text(other))) for name in ("starts_with", "ends_with", "contains")]
        found.append(("replace", (text(one), text(other), text("<>"))))
    for one in TEXTS:
        found.append(("slugify", (text(one),)))
        found.append(("concat", (text(one), position(-7), text("é"), text(one))))
        found += [
            ("substring", (text(one), position(2))),
            ("substring", (text(one), position(1), position(3))),
        ]
    for one, other in itertools.product(NUMBERS, NUMBERS):
        found += [(name, (number(one), number(other), number("1"))) for name in ("greatest", "least")]
    found += [(name, (number(one),)) for name in ("floor", "ceil") for one in NUMBERS]
    moments = [Literal(type=ScalarType(scalar=Scalar.TIMESTAMP), value=each) for each in MOMENTS]
    moments += [Literal(type=ScalarType(scalar=Scalar.DATE), value=each[:10]) for each in MOMENTS]
    found += [("date_part", (text(unit), moment)) for unit in UNITS["date_part"] for moment in moments]
    missing = Literal(type=DECIMAL, value=None, nullable=True)
    found += [("greatest", (missing, number("3"))), ("least", (missing, missing)), ("floor", (missing,))]
    return [Call(function=name, arguments=arguments, type=TEXT) for name, arguments in found]


class _NoRow:
    """A reader of expressions that mention nothing."""

    def value(self, expr: Expr) -> Any:
        return EVALUATE[type(expr)](self, expr)  # type: ignore[arg-type]


def test_postgresql_and_the_emitted_tests_agree(databases: Databases) -> None:
    shop: SystemIR = built_shop()[1]
    asked = calls()
    columns = ", ".join(f"{print_sql(lower(each, Scope(shop)))} as c{n}" for n, each in enumerate(asked))
    (row,) = run(databases.fresh().fetch(f"select {columns}"))
    for number_, each in enumerate(asked):
        expected = _NoRow().value(each)
        got = row[f"c{number_}"]
        same = got == expected or (isinstance(got, Decimal) and got == Decimal(str(expected)))
        assert same, (print_sql(lower(each, Scope(shop))), got, expected)
