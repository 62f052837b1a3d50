"""`:name` in SQL is a parameter only where PostgreSQL's scanner sees code, and offsets lead back to what was written."""

import pytest

from bdc.sql import SqlSyntaxError, parse, parse_expression
from bdc.sql.parameters import masked, parameters, replace
from bdc.sql.tokens import closed, scan

_TEXT = (
    "select é, ':a', $$ :b $$, $q$ :c $q$, r[1:n], r[:low :high], x -> 'k' ? :key, -:amount::text, E'it\\':d', \"a:e\""
    " /* :f /* :g */ :h */ from t -- :i\n where z = :amount and u&'\\0041:j' <> ''"
)


def test_strings_comments_casts_and_slices_hold_none() -> None:
    assert [each.name for each in parameters(_TEXT)] == ["low", "key", "amount", "amount"]


def test_offsets_lead_back_to_what_was_written() -> None:
    replaced = replace(_TEXT, {"key": "$10", "amount": "($2::numeric)", "low": "$3"})
    for word in ("::text", "from t", " where z", "u&"):
        assert replaced.written(replaced.text.index(word)) == _TEXT.index(word)
    assert replaced.written(replaced.text.index("$10")) == _TEXT.index(":key")
    assert len(masked(_TEXT)) == len(_TEXT)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("selct 1", 0),
        ("select 'é', 'ü' frm t wher x", 20),
        ("select 1;\nselct 2", 10),
        ("select 'x", 7),
        ("select (", 8),
    ],
)
def test_an_error_is_where_the_parser_stops(text: str, at: int) -> None:
    with pytest.raises(SqlSyntaxError) as error:
        parse(text)
    assert error.value.at == at


@pytest.mark.parametrize("text", ["", "a >", "a, b", "a; b", "1) from t where (2", "a > 0 --", "a > 'x"])
def test_an_expression_is_one(text: str) -> None:
    if text == "a > 0 --":
        assert parse_expression(text).kind == "A_Expr"
        return
    with pytest.raises(SqlSyntaxError) as error:
        parse_expression(text)
    assert 0 <= error.value.at <= len(text)


def test_a_comment_at_the_end_is_closed() -> None:
    assert closed("a > 0 -- why") == "a > 0 -- why\n"
    assert closed("a <> '--'") == "a <> '--'"


def test_a_character_that_sql_does_not_know_is_a_token() -> None:
    assert [each.kind for each in scan("select {")] == ["SELECT", "ASCII_123"]
