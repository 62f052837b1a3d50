"""What a write need not look at twice: and what it must go on looking at."""

import pytest
from sqlglot import exp, parse_one
from tests.query.shop import queries

from bdc.query.aggregates import SharedAggregates
from bdc.query.trees import print_sql
from bdc.query.writes.lookups import Known, join_references, settle

KNOWN = Known("doc", {"id": "doc_id", "org_id": "org_id"}, {"state": exp.Literal.string("new")})


def sql(text: str) -> exp.Expression:
    found = parse_one(text, dialect="postgres")
    assert isinstance(found, exp.Expression)
    return found


@pytest.mark.parametrize(
    ("asked", "settled"),
    [
        ("d.id = a.doc_id AND a.org_id = d.org_id AND d.state = 'new'", "('new' = 'new')"),
        ("d.id = a.doc_id AND d.org_id = a.org_id", "(TRUE)"),
        ("d.id = a.doc_id AND a.org_id = d.org_id AND d.state", "('new')"),  # one column alone is a condition
        ("d.id = a.doc_id AND d.state = 'new'", None),  # a document of that number in any org
        ("d.id = a.doc_id AND d.org_id = a.org_id AND d.owner = 'x'", None),  # of the owner nothing is known
        ("d.id <> a.doc_id AND d.org_id = a.org_id", None),
        ("d.id = a.doc_id AND d.org_id = a.org_id AND EXISTS(SELECT 1 FROM x WHERE x.id = d.id)", None),
    ],
)
def test_what_was_written_is_not_asked(asked: str, settled: str | None) -> None:
    whole = f"EXISTS(SELECT 1 FROM doc AS d WHERE {asked})"
    assert print_sql(settle(sql(whole), KNOWN, "a")) == (settled or whole)


def test_another_table_is_asked() -> None:
    whole = "EXISTS(SELECT 1 FROM other AS d WHERE d.id = a.doc_id AND d.org_id = a.org_id)"
    assert print_sql(settle(sql(whole), KNOWN, "a")) == whole


def joined(price_of: str, asked: str) -> tuple[str, int]:
    rows = sql(
        f"SELECT 1 FROM (SELECT i.*, ({price_of}) AS price FROM (SELECT 1 AS thing_id, 2 AS n) AS i) AS a"
    )
    found = rows.args["from_"].this
    assert isinstance(found, exp.Subquery)
    left = join_references(found, [sql(f"EXISTS(SELECT 1 FROM {asked})")])
    return print_sql(found), len(left)


def test_one_look_says_both_that_it_may_and_what_it_costs() -> None:
    text, left = joined(
        "SELECT r.price FROM thing AS r WHERE r.id = i.thing_id",
        "thing AS q WHERE q.id = a.thing_id AND q.seen OFFSET 0",
    )
    assert left == 0
    assert text == (
        "(SELECT i.*, s1.v1 AS price FROM (SELECT 1 AS thing_id, 2 AS n) AS i CROSS JOIN LATERAL"
        " (SELECT q.price AS v1 FROM thing AS q WHERE q.id = i.thing_id AND q.seen OFFSET 0) AS s1) AS a"
    )


@pytest.mark.parametrize(
    ("price_of", "asked"),
    [
        ("SELECT r.price FROM thing AS r WHERE r.id = i.n", "thing AS q WHERE q.id = a.thing_id"),
        ("SELECT r.price FROM thing AS r WHERE r.id = i.thing_id", "other AS q WHERE q.id = a.thing_id"),
        ("SELECT r.price FROM thing AS r", "thing AS q WHERE q.id = a.thing_id"),
        ("SELECT r.price FROM thing AS r WHERE r.id = i.thing_id", "thing AS q WHERE q.id = a.thing_id AND q.x = a.price"),
    ],
)  # fmt: skip
def test_two_different_rows_are_two_looks(price_of: str, asked: str) -> None:
    text, left = joined(price_of, asked)
    assert left == 1
    assert "LATERAL" not in text


def test_like_sums_are_worked_out_together() -> None:
    shared = SharedAggregates("a")

    def ask(value: str, alias: str, where: str) -> str:
        return print_sql(
            shared(sql(value), [sql(f"SELECT 1 FROM line AS {alias}").args["from_"].this], sql(where))
        )

    assert ask("SUM(r1.n)", "r1", "r1.doc_id = a.id") == "s1.v1"
    assert ask("COUNT(*)", "r2", "r2.doc_id = a.id") == "s1.v2"
    assert ask("COUNT(*)", "r3", "r3.doc_id = a.id AND r3.n = 'r1'") == "s2.v1"
    assert (
        ask("COUNT(*)", "r4", "r4.doc_id = b.id")
        == "(SELECT COUNT(*) FROM line AS r4 WHERE r4.doc_id = b.id)"
    )
    assert [print_sql(source) for source in shared.sources()] == [
        "LATERAL (SELECT SUM(t1.n) AS v1, COUNT(*) AS v2 FROM line AS t1 WHERE t1.doc_id = a.id) AS s1",
        "LATERAL (SELECT COUNT(*) AS v1 FROM line AS t1 WHERE t1.doc_id = a.id AND t1.n = 'r1') AS s2",
    ]


def test_a_new_order_looks_once_at_each_product_and_at_its_lines() -> None:
    function = next(found for found in queries("both").functions if found.name == "order_create")
    happy = function.sql[: function.sql.index("GET DIAGNOSTICS")]
    happy = happy[happy.index("INSERT INTO order_item") :]
    assert happy.count("FROM product") == 1
    assert 'FROM "order"' not in happy
    answer = function.sql[function.sql.rindex("GET DIAGNOSTICS") :]
    # The answer stands there twice: with the relations that the caller asked for, and without any. One of the two is read.
    plain, asked = answer.count("FROM order_item"), answer.count("p_expand")
    assert plain == 3 and asked >= 1
    items = answer[answer.index("ARRAY['items'] @> p_expand") :]
    assert items[: items.index("ELSE\n")].count("order_item") == 1, "sum, number and list are one look"


def test_values_are_added_to_a_look_over_the_same_rows_alone() -> None:
    shared = SharedAggregates("a")
    for value, where in (("COUNT(*)", "r1.doc_id = a.id"), ("SUM(r1.n)", "(a.id = r1.doc_id) AND r1.n > 0")):
        shared(sql(value), [sql("SELECT 1 FROM line AS r1").args["from_"].this], sql(where))
    assert shared.over("line", [("id", "doc_id")]) == 1
    assert shared.over("line", [("id", "other_id")]) is None
    assert shared.over("page", [("id", "doc_id")]) is None
    assert shared.over("line", [("id", "doc_id"), ("org_id", "org_id")]) is None
    assert shared.add(1, f"max({shared.inner}.n)") == "s1.v2"
    assert print_sql(shared.sources()[0]) == (
        "LATERAL (SELECT COUNT(*) AS v1, (max(t1.n)) AS v2 FROM line AS t1 WHERE t1.doc_id = a.id) AS s1"
    )
