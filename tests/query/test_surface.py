"""Examples satisfy their types, patterns are met by texts, expressions read as they were written."""

import re
from decimal import Decimal

import pytest
from tests.openapi.small import BOOL, INT, NOTES, ORGS, STATE, equal, literal, path, small

from bdc.ir import And, Arithmetic, Call, IsNull, Not, Or, Root, Scalar, ScalarType
from bdc.ir.expr import Aggregate, If, Quantifier
from bdc.policy.expression_text import in_words
from bdc.surface import endpoints
from bdc.surface.examples import Examples
from bdc.surface.patterns import text_matching

HERE = path(Root.ROW, (None, "state"), logical=STATE)
IS_OUT = equal(HERE, literal("out", STATE))
LINES = path(Root.ROW, (None, "lines"))
ONE = literal(1, INT)


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        ("^[A-Z0-9-]+$", 3, 32),
        ("^[a-z0-9-]+$", 3, 40),
        ("^[A-Z]{2}$", 0, 2),
        (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", 6, None),
        (r"^(?:red|green)-\d{3}\w?$", 0, None),
        (r"^\+?[1-9]\d{6,14}$", 0, 20),
    ],
)
def test_a_text_for_a_pattern(pattern: str, least: int, most: int | None) -> None:
    text = text_matching(pattern, least, most)
    assert text is not None
    assert re.search(pattern, text)
    assert least <= len(text) <= (most or len(text))


def test_a_pattern_that_is_too_hard_gives_none() -> None:
    assert text_matching("^(?!a)a$") is None
    assert text_matching("(") is None


def test_examples_refer_to_each_other_and_come_from_seeds() -> None:
    examples = Examples(small())
    assert examples.row(NOTES)["org_id"] == examples.row(ORGS)["id"]
    assert examples.row(ORGS)["name"] == "Acme"
    assert examples.row(NOTES)["price"] == "12.50"
    assert examples.row(NOTES)["title"][0].isupper()


def test_a_decimal_example_stays_within_its_bounds() -> None:
    tiny = ScalarType(scalar=Scalar.DECIMAL, precision=3, scale=3)
    assert Examples(small()).value(tiny, "share") == "0.000"


@pytest.mark.parametrize(
    ("least", "most", "example"), [(None, "0.5", 0.5), ("2", None, 2.0), (None, None, 1.5)]
)
def test_a_float_example_stays_within_its_bounds(least: str | None, most: str | None, example: float) -> None:
    bounds = {
        key: Decimal(value) for key, value in (("minimum", least), ("maximum", most)) if value is not None
    }
    share = ScalarType(scalar=Scalar.FLOAT, **bounds)
    assert Examples(small()).value(share, "share") == example


def test_ids_stay_unique_when_two_apis_offer_the_same() -> None:
    system = small()
    second = system.apis[0].model_copy(update={"version": "v2", "path": "/v2"})
    names = [found.id for found in endpoints(system.model_copy(update={"apis": (system.apis[0], second)}))]
    assert len(set(names)) == len(names)
    assert names[0] == "list_notes"
    assert "list_notes_v2" in names


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (IS_OUT, "state == out"),
        (
            And(terms=(IS_OUT, Or(terms=(IS_OUT, IS_OUT), type=BOOL)), type=BOOL),
            "state == out and (state == out or state == out)",
        ),
        (Not(term=IS_OUT, type=BOOL), "not (state == out)"),
        (IsNull(value=HERE, negated=True, type=BOOL), "state != null"),
        (
            Arithmetic(op="*", left=Arithmetic(op="+", left=ONE, right=ONE, type=INT), right=ONE, type=INT),
            "(1 + 1) * 1",
        ),
        (
            Arithmetic(op="-", left=ONE, right=Arithmetic(op="-", left=ONE, right=ONE, type=INT), type=INT),
            "1 - (1 - 1)",
        ),
        (
            Call(function="lower", arguments=(literal('a "b"', ScalarType(scalar=Scalar.TEXT)),), type=INT),
            'lower("a \\"b\\"")',
        ),
        (
            If(condition=IS_OUT, then=ONE, otherwise=literal(None, INT), type=INT),
            "if state == out then 1 else null",
        ),
        (Aggregate(function="count", binding="l", collection=LINES, type=INT), "count(lines)"),
        (
            Aggregate(function="sum", binding="l", collection=LINES, where=IS_OUT, value=ONE, type=INT),
            "sum(l in lines where (state == out), 1)",
        ),
        (
            Quantifier(quantifier="exists", binding="l", collection=LINES, where=IS_OUT, type=BOOL),
            "exists l in lines where (state == out)",
        ),
        (literal(True, BOOL), "true"),
    ],
)
def test_in_words(expr: object, text: str) -> None:
    assert in_words(expr) == text  # type: ignore[arg-type]
