"""Names change where they are names: PostgreSQL's parser tells a column from a type, a string and a function of its spelling."""

import pytest

from bdc.plan.sql_identifiers import (
    is_volatile,
    renamed_columns,
    renamed_kind,
    renamed_relations,
    renamed_trigger,
    speaks_of,
)

COLUMNS = {"text": "body", "date": "shown", "Up": "down"}
RELATIONS = {"account": "acct"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("text > 0 and title::text <> E'it\\'s text'", "body > 0 and title::text <> E'it\\'s text'"),
        ("extract(epoch from date) > 0 and x::date > date '2000-01-01'", "extract(epoch from shown) > 0 and x::date > date '2000-01-01'"),
        ('v.text + text(text) + "Up" + up', 'v.body + text(body) + down + up'),
        ("$$text$$ || TEXT || cast(x as text)", "$$text$$ || body || cast(x as text)"),
        ("(text, lower(date))", "(body, lower(shown))"),
        ("create trigger text before update of text, x on text for each row when (new.text > 0) execute function text('text')",
         "create trigger text before update of body, x on text for each row when (new.body > 0) execute function text('text')"),
        ("text) not parsed at all ('text' text(", "body) not parsed at all ('text' text("),
    ],
)  # fmt: skip
def test_columns(text: str, wanted: str) -> None:
    assert renamed_columns(text, COLUMNS) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("select a.id, account.x, account from account, s.account a", "select a.id, acct.x, account from acct, s.acct a"),
        ("select to_jsonb(account) from account where x::account is null", "select to_jsonb(acct) from acct where x::acct is null"),
        ("(account account, account[])", "(account acct, acct[])"),
        ("'account' <> account.name", "'account' <> acct.name"),
    ],
)  # fmt: skip
def test_relations(text: str, wanted: str) -> None:
    assert renamed_relations(text, RELATIONS) == wanted


def test_types_and_triggers() -> None:
    assert renamed_kind("s.account[]", RELATIONS) == "s.acct[]"
    assert renamed_kind("text", {"text": "body"}) == "text"  # always PostgreSQL's own
    definition = "CREATE TRIGGER account AFTER INSERT ON account FOR EACH ROW EXECUTE FUNCTION account()"
    assert renamed_trigger(definition, RELATIONS) == definition.replace("TRIGGER account", "TRIGGER acct")


def test_what_an_expression_speaks_of() -> None:
    assert speaks_of("text > 0", {"text"})
    assert not speaks_of("title::text <> 'text'", {"text"})
    assert not speaks_of(None, {"text"})


@pytest.mark.parametrize(
    ("default", "volatile"),
    [
        ("now()", False), ("random()", True), ("'x'::varchar(10)", False), ("coalesce(now(), f())", True), ("(1 + 2)", False),
        ("now() at time zone 'UTC'", False), ("nextval('a_seq'::regclass)", True), ("'f()'::text", False), (None, False),
    ],
)  # fmt: skip
def test_a_default_that_differs_from_row_to_row(default: str | None, volatile: bool) -> None:
    assert is_volatile(default) is volatile
