"""What comes in: every problem is named by its place, and nothing that PostgreSQL or Python would choke on gets through."""

import re
from random import Random
from typing import Any

import pytest


def errors_of(shape: Any, value: Any) -> dict[str, str]:
    from services.problems import Problem

    with pytest.raises(Problem) as refusal:
        shape.validate(value)
    assert refusal.value.status == 422
    return {error["path"]: error["code"] for error in refusal.value.errors}


def test_every_problem_is_listed_at_once_with_its_pointer() -> None:
    from services.data.inputs.order import ORDER_CREATE

    given = {
        "number": "",
        "customer_id": "{8b5e4970-2666-588b-9604-031ac0a55dfa}",
        "note": "a\0b",
        "items": [
            {"quantity": True},
            {"product_id": "8B5E4970-2666-588B-9604-031AC0A55DFA", "quantity": 1001},
        ],
        "org_id": "8b5e4970-2666-588b-9604-031ac0a55dfa",
        "a/b~c": 1,
    }
    assert errors_of(ORDER_CREATE, given) == {
        "/number": "length",
        "/customer_id": "format",
        "/note": "character",
        "/items/0/quantity": "type",
        "/items/0/product_id": "required",
        "/items/1/quantity": "range",
        "/org_id": "unknown",
        "/a~1b~0c": "unknown",
    }


@pytest.mark.parametrize("body", [None, [], "text", 1])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    from services.data.inputs.order import ORDER_CREATE

    assert errors_of(ORDER_CREATE, body) == {"": "type"}


def test_values_are_handed_on_in_canonical_form() -> None:
    from services.data.engine.validation import decimal, integer, parsed, required, shape

    check = shape(
        required("price", decimal(precision=12, scale=2)),
        required("count", integer()),
        required("id", parsed("uuid")),
        required("at", parsed("timestamp")),
    )
    given = {
        "price": 12.5,
        "count": 3.0,
        "id": "8B5E4970-2666-588B-9604-031AC0A55DFA",
        "at": "2026-01-31T23:30:00-02:00",
    }
    assert check.validate(given) == {
        "price": "12.5",
        "count": 3,
        "id": "8b5e4970-2666-588b-9604-031ac0a55dfa",
        "at": "2026-02-01T01:30:00+00:00",
    }


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "2026-02-30"),
        ("date", "20260201"),
        ("date", "٢٠٢٦-٠٢-٠١"),
        ("timestamp", "2026-02-01T00:00:00"),
        ("timestamp", "2026-02-01T24:00:00Z"),
        ("timestamp", "0001-01-01T00:00:00+14:00"),
        ("time", "25:00"),
        ("uuid", "urn:uuid:8b5e4970-2666-588b-9604-031ac0a55dfa"),
        ("duration", "P"),
        ("duration", "1 day"),
    ],
)
def test_dates_times_and_uuids_are_read_strictly(kind: str, text: str) -> None:
    from services.data.engine.validation import parsed, required, shape

    assert errors_of(shape(required("value", parsed(kind))), {"value": text}) == {"/value": "format"}


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1e999999", "1_000", "12.345", 10**10, "", "0x1f", True, None]
)
def test_decimals_are_exact_and_bounded(value: Any) -> None:
    from services.data.engine.validation import decimal, required, shape

    assert errors_of(shape(required("value", decimal(precision=12, scale=2))), {"value": value})


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 1e300, "5", True, 1.5, 10**30])
def test_integers_fit_their_column(value: Any) -> None:
    from services.data.engine.validation import integer, required, shape

    assert errors_of(shape(required("value", integer())), {"value": value})


def test_free_json_is_bounded_in_depth_and_holds_no_nul() -> None:
    from services.data.engine.validation import free_json, required, shape

    check = shape(required("value", free_json(depth=3)))
    assert check.validate({"value": {"a": [{"b": 1}]}})
    assert errors_of(check, {"value": {"a": [{"b": [1]}]}}) == {"/value": "depth"}
    assert errors_of(check, {"value": {"a\0": 1}}) == {"/value": "depth"}
    assert errors_of(check, {"value": ["x\0"]}) == {"/value": "depth"}


@pytest.mark.parametrize("body", [b"", b"{", b'"\\ud800"', b"NaN", b"[" * 2000, b"\xff", b"1e400"])
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    from services.data.engine.jsontext import decoded
    from services.problems import Problem

    with pytest.raises(Problem) as refusal:
        decoded(body)
    assert (refusal.value.code, refusal.value.status) == ("malformed-request", 400)


@pytest.mark.parametrize("colon", [":", " :", "\t:", "\n :", "\r\n:"])
def test_a_member_that_is_given_twice_is_found_however_it_is_spaced(colon: str) -> None:
    from services.data.engine.jsontext import decoded
    from services.problems import Problem

    for body in ('{"a": 1, "b": [{"c": "d"}], "a"= 2}', '{"x"= {"a"= 1, "a": 2}}', '[{"a"= 1, "a"= 1}]'):
        with pytest.raises(Problem):
            decoded(body.replace("=", colon).encode())
    text = '{"a"= "\\":", "b": " :"}'.replace("=", colon)
    assert decoded(text.encode()) == {"a": '":', "b": " :"}


@pytest.mark.parametrize(
    ("query", "code", "paths"),
    [
        (b"statuz=placed", "unknown-parameter", []),
        (b"status=placed&status=paid", "malformed-request", []),
        (b"status=%ff", "malformed-request", []),
        (b"status=lost&limit=0&sort=total", "validation-failed", ["?status", "?sort", "?limit"]),
        (b"status[in]=paid,paid", "validation-failed", ["?status[in]"]),
        (b"limit=101", "validation-failed", ["?limit"]),
        (b"limit=%D9%A3", "validation-failed", ["?limit"]),
        (b"created_at[gte]=2026-01-01", "validation-failed", ["?created_at[gte]"]),
        (b"expand=customer,customer", "validation-failed", ["?expand"]),
        (b"expand=secrets", "validation-failed", ["?expand"]),
        (b"cursor=", "validation-failed", ["?cursor"]),
        (b"q=lamp", "unknown-parameter", []),
    ],
)
def test_query_strings_are_held_to_what_is_declared(query: bytes, code: str, paths: list[str]) -> None:
    from api.engine.http.query_string import list_query
    from services.data.resources import ORDER
    from services.problems import Problem

    with pytest.raises(Problem) as refusal:
        list_query(query, ORDER)
    assert refusal.value.code == code
    assert [error["path"] for error in refusal.value.errors] == paths


def test_a_query_string_becomes_a_list_in_declared_order() -> None:
    from api.engine.http.query_string import list_query
    from services.data.resources import ORDER

    found = list_query(b"expand=items,customer&sort=-created_at&status%5Bin%5D=paid,placed&limit=5", ORDER)
    assert found.filters == (("status", "in", ["paid", "placed"]),)
    assert (found.sort, found.descending, found.limit) == ("created_at", True, 5)
    assert found.expand == ("customer", "items")


def test_a_query_string_that_was_read_before_means_the_same_and_is_kept_for_its_resource_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from api.engine.http import query_string
    from services.data import resources
    from services.problems import Problem

    monkeypatch.setattr(query_string, "MAX_KEPT", 2)
    query = b"limit=5&sort=-created_at"
    first = query_string.list_query(query, resources.ORDER)
    assert query_string.list_query(query, resources.ORDER) is first
    assert query_string.list_query(query, resources.CUSTOMER) is not first
    with pytest.raises(Problem):
        query_string.list_query(b"status=placed", resources.CUSTOMER)
    assert query_string.list_query(b"status=placed", resources.ORDER).filters
    with pytest.raises(Problem):
        query_string.list_query(b"status=placed", resources.CUSTOMER)
    for number in range(1, 9):
        query_string.list_query(b"limit=%d" % number, resources.ORDER)
        query_string.list_query(b"cursor=%d" % number, resources.ORDER)
    assert 0 < len(query_string._lists) <= 2
    assert query_string._lists.get(resources.ORDER, b"cursor=8") is None
    for _ in range(2):
        assert query_string.expand_query(b"expand=items", resources.ORDER) == ("items",)
        with pytest.raises(Problem):
            query_string.expand_query(b"expand=items&limit=2", resources.ORDER)
        assert query_string.expand_query(b"expand=items&limit=2", resources.ORDER, beside=True) == ("items",)


def test_numbers_that_a_double_would_change_are_all_found() -> None:
    from services.data.engine.jsontext import _wide

    plain = re.compile(r"(?:^|[\s:,\[])-?(?:[0-9.]{16,}|[0-9.]+[eE])")
    parts, draw = [*"0123456789.-+eE:, [", "12345678901", "x", '"', "\n"], Random(1)
    for _ in range(5_000):
        text = "".join(draw.choices(parts, k=draw.randrange(12)))
        assert _wide(text.encode()) == (plain.search(text) is not None), text
