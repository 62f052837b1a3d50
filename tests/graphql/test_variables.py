"""Compiled coercion accepts exactly what graphql-core accepts, and adds defaults alike."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from graphql import parse

from tests.support.sampling import sampled

DECLARED = (
    "$id: ID!",
    "$ids: [ID!]",
    "$n: Int",
    "$m: Int! = 7",
    "$f: OrderFilter",
    "$sort: OrderSort = NUMBER_ASC",
    "$input: CreateOrderInput",
    "$s: String",
    "$b: Boolean! = true",
    "$d: Date",
    "$statuses: [OrderStatus]",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    3.0,
    3.5,
    2**31,
    -(2**31),
    "",
    "x",
    "placed",
    "NUMBER_DESC",
    "2026-01-01",
    "2026-13-01",
    [],
    ["a", 1],
    [None],
    ["placed", None],
    {},
    {"status": {"eq": "placed"}},
    {"status": {"in": "placed"}},
    {"status": {"in": ["placed", None]}},
    {"status": {"eq": "nowhere"}},
    {"createdAt": {"gte": "2026-01-01T00:00:00Z"}},
    {"createdAt": {"gte": 5}},
    {"customerId": None},
    {"nowhere": 1},
    {"number": "a", "customerId": "b", "items": [{"productId": "p", "quantity": 1}]},
    {"number": "a", "customerId": "b", "items": {"productId": "p", "quantity": 1}},
    {"number": "a", "customerId": "b", "items": [{"productId": "p"}]},
    {"number": "a", "customerId": "b", "items": [], "shipTo": {"line1": "l", "city": "c", "country": "FR"}},
)


@pytest.mark.parametrize("seed", sampled(range(3), 3))
def test_same_verdict_as_the_reference(on_path: Path, seed: int) -> None:
    from graphql.execution import get_variable_values

    from api.graphql.engine.errors import Refused
    from api.graphql.engine.variables import Coercion
    from api.graphql.schema import SCHEMA

    schema = SCHEMA
    random = Random(seed)
    verdicts = {True: 0, False: 0}
    for _ in range(1_500):
        chosen = random.sample(DECLARED, random.choice((1, 1, 2)))
        names = [each[1:].partition(":")[0] for each in chosen]
        given = {name: random.choice(VALUES) for name in names if random.random() < 0.9}
        (node,) = parse(f"query ({', '.join(chosen)}) {{ __typename }}").definitions
        expected = get_variable_values(schema, node.variable_definitions, given)  # type: ignore[attr-defined]
        accepted = not isinstance(expected, list)
        verdicts[accepted] += 1
        coercion = Coercion(schema, node)  # type: ignore[arg-type]
        if not accepted:
            with pytest.raises(Refused) as caught:
                coercion.coerce(given)
            assert [each["message"] for each in caught.value.errors]
            continue
        found = coercion.coerce(given)
        assert found.keys() == expected.coerced.keys(), (chosen, given)
    assert min(verdicts.values()) > 200
