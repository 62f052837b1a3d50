"""Reading the shop: who sees what, whichever layer of policy is at work, and the shapes that REST and GraphQL ask for."""

import json

import pytest
from tests.query.reading import Reader, leaves, page
from tests.query.shop import (
    ACME,
    BOBS_ACCOUNT,
    BUYER,
    GONE_ACCOUNT,
    INK,
    MANAGER,
    MEMBER,
    MODES,
    NOBODY,
    OTHER_ACCOUNT,
    PEN,
    STRANGER,
    TAG,
    TEMPLATES,
    Caller,
)
from tests.support.postgres import Databases, run

# isort: split
from services.data.engine.selection import (
    ByKeys,
    Constant,
    EdgeCursor,
    EdgeNode,
    Edges,
    EndCursor,
    FilterBy,
    Get,
    HasNext,
    Leaf,
    Many,
    Nodes,
    One,
    Page,
    PageInfo,
    Slot,
    Struct,
    StructPart,
)

pytestmark = pytest.mark.postgres

BOBS, OTHERS = (f"0190a000-0000-7000-8000-0000000005{n:02}" for n in range(2))
_ORDERS = f"""
insert into "order" (org_id, id, number, customer_id, status, ship_to, internal_note, placed_at, created_at) values
  ('{ACME}', '{BOBS}', 'A "1" \\', '{BOBS_ACCOUNT}', 'placed', '{{"line1": "Quay 1", "city": "Ghent", "country": "BE"}}',
   'careful', now(), '2026-01-02T03:04:05.678901Z'),
  ('{ACME}', '{OTHERS}', 'A-2', '{OTHER_ACCOUNT}', 'draft', null, null, null, '2026-01-01T00:00:00Z');
insert into order_item (org_id, order_id, product_id, quantity, unit_price) values
  ('{ACME}', '{BOBS}', '{PEN}', 2, 2.50), ('{ACME}', '{BOBS}', '{INK}', 1, 4.25), ('{ACME}', '{OTHERS}', '{PEN}', 1, 2.50);
insert into product_tag (org_id, product_id, tag_id) values ('{ACME}', '{PEN}', '{TAG}');
update customer set tax_number = 'key.secret' where id = '{BOBS_ACCOUNT}';
"""
LEVELS = {"member": MEMBER, "manager": MANAGER, "buyer": BUYER, "stranger": STRANGER, "nobody": NOBODY}


@pytest.fixture(params=MODES)
def reader(request: pytest.FixtureRequest, databases: Databases) -> Reader:
    database = databases.fresh(TEMPLATES[request.param])
    run(database.execute(_ORDERS))
    return Reader(database, request.param)


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ("Order", {"member": 2, "manager": 2, "buyer": 1, "stranger": 0, "nobody": 0}),
        ("OrderItem", {"member": 3, "manager": 3, "buyer": 2, "stranger": 0, "nobody": 0}),
        ("Customer", {"member": 2, "manager": 2, "buyer": 1, "stranger": 1, "nobody": 0}),
        ("Product", {"member": 2, "manager": 2, "buyer": 0, "stranger": 1, "nobody": 0}),
        ("Org", {"member": 1, "manager": 1, "buyer": 0, "stranger": 1, "nobody": 0}),
    ],
)
def test_every_caller_sees_the_same_rows_by_each_layer(
    reader: Reader, entity: str, expected: dict[str, int]
) -> None:
    assert {name: len(reader.all(entity, caller)) for name, caller in LEVELS.items()} == expected


def test_claims_of_one_tenant_open_nothing_in_another(reader: Reader) -> None:
    """Bob's id with the other company's claim: neither the role by relation nor a claim role reaches his rows."""
    assert reader.all("Order", Caller(BUYER.id, STRANGER.org, "member")) == []


def test_get_answers_body_and_etag(reader: Reader) -> None:
    root = Get("order", "Order", (Slot(0),), leaves(reader.composer, "Order"))
    row = reader.row(root, BOBS)
    body = json.loads(row["body"])
    assert row["etag"] == '"1"'
    assert body["number"] == 'A "1" \\'
    assert (body["total"], body["line_count"]) == ("9.25", 2)
    assert body["created_at"] == "2026-01-02T03:04:05.678901+00:00"
    assert body["ship_to"]["city"] == "Ghent"
    assert "deleted_at" not in body
    hidden = reader.row(root, OTHERS, caller=BUYER)
    assert (hidden["body"], hidden["etag"]) == (None, None)


def test_a_sum_over_nothing_is_zero_to_the_cent(reader: Reader) -> None:
    run(reader.database.execute("delete from order_item"))
    root = Get("order", "Order", (Slot(0),), (Leaf("total", "total"), Leaf("n", "line_count")))
    assert json.loads(reader.row(root, BOBS)["body"]) == {"total": "0.00", "n": 0}


@pytest.mark.parametrize("role", ["manager", "buyer"])
def test_neighbours_over_the_same_rows_are_one_look_and_say_what_each_says_alone(
    reader: Reader, role: str
) -> None:
    caller = LEVELS[role]
    total, lines, number = Leaf("total", "total"), Leaf("n", "line_count"), Leaf("number", "number")

    def asked(*members: Leaf) -> tuple[str, str]:
        root = Get("order", "Order", (Slot(0),), members)
        sql = reader.composer.row(root, frozenset(caller.roles.split(","))).sql
        return sql, reader.row(root, BOBS, caller=caller)["body"]

    apart = asked(total, number, lines)
    assert apart[0].count("FROM order_item") == 2
    assert list(json.loads(apart[1]).items()) == [("total", "9.25"), ("number", 'A "1" \\'), ("n", 2)]
    for members in ((total, lines), (number, lines, total), (lines, total, number)):
        sql, body = asked(*members)
        assert sql.count("FROM order_item") == 1
        assert list(json.loads(body).items()) == [
            (member.key, json.loads(apart[1])[member.key]) for member in members
        ]


def test_masks_follow_the_role_and_the_relation(reader: Reader) -> None:
    seen = {
        name: {row["id"]: row["tax_number"] for row in reader.all("Customer", caller)}
        for name, caller in LEVELS.items()
    }
    stored = f"\x03customer.tax_number|{ACME}|{BOBS_ACCOUNT}|key.secret\x04"
    assert seen["member"] == {BOBS_ACCOUNT: "***", OTHER_ACCOUNT: "***"}
    assert seen["manager"] == {BOBS_ACCOUNT: stored, OTHER_ACCOUNT: None}
    assert seen["buyer"] == {BOBS_ACCOUNT: stored}


def test_a_field_without_a_mask_is_null_for_who_may_not_see_it(reader: Reader) -> None:
    assert reader.all("Order", BUYER)[0]["internal_note"] is None
    assert {row["internal_note"] for row in reader.all("Order", MEMBER)} == {"careful", None}


def test_deleted_rows_are_nowhere(reader: Reader) -> None:
    run(reader.database.execute(f"update customer set deleted_at = now() where id = '{OTHER_ACCOUNT}'"))
    assert {row["id"] for row in reader.all("Customer", MEMBER)} == {BOBS_ACCOUNT}
    order = Get(
        "o", "Order", (Slot(0),), (One("customer", "customer", (Leaf("id", "id"),)), Leaf("c", "customer_id"))
    )
    assert json.loads(reader.row(order, OTHERS)["body"]) == {"customer": None, "c": OTHER_ACCOUNT}
    gone = Get("c", "Customer", (Slot(0),), (Leaf("id", "id"),))
    assert reader.row(gone, GONE_ACCOUNT)["body"] is None


def test_nested_rows_hold_to_their_own_policies(reader: Reader) -> None:
    items = Many(
        "items", "items", None, (Leaf("q", "quantity"), One("product", "product", (Leaf("sku", "sku"),)))
    )
    root = Get("order", "Order", (Slot(0),), (One("customer", "customer", (Leaf("name", "name"),)), items))
    assert json.loads(reader.row(root, BOBS)["body"]) == {
        "customer": {"name": "Bob"},
        "items": [{"q": 2, "product": {"sku": "PEN"}}, {"q": 1, "product": {"sku": "INK"}}],
    }
    assert json.loads(reader.row(root, BOBS, caller=BUYER)["body"]) == {
        "customer": {"name": "Bob"},
        "items": [{"q": 2, "product": None}, {"q": 1, "product": None}],
    }


def test_join_tables_and_bounds(reader: Reader) -> None:
    tags = Many("tags", "tags", Slot(0), (Leaf("label", "label"),))
    listed = page("Product", (Leaf("sku", "sku"), tags), sorts=("-price",))
    assert [row["tags"] for row in reader.value(listed, 5)["items"]] == [[], [{"label": "blue"}]]
    assert [row["tags"] for row in reader.value(listed, 0)["items"]] == [[], []]


def test_filters_and_search(reader: Reader) -> None:
    skus = (Leaf("sku", "sku"),)

    def found(*filters: FilterBy, values: list[object], search: Slot | None = None) -> list[str]:
        rows = reader.value(page("Product", skus, filters=filters, search=search), *values)["items"]
        return [row["sku"] for row in rows]

    assert found(FilterBy("sku", "eq", Slot(0)), values=["INK"]) == ["INK"]
    assert found(FilterBy("price", "gt", Slot(0)), FilterBy("price", "lte", Slot(1)), values=[2, 3]) == [
        "PEN"
    ]
    assert found(FilterBy("tags", "in", Slot(0)), values=[[TAG]]) == ["PEN"]
    assert found(values=["ink or nothing"], search=Slot(0)) == ["INK"]
    assert found(values=["'; drop table product; --"], search=Slot(0)) == []


def test_a_graphql_document_is_one_statement(reader: Reader) -> None:
    address = Struct("to", "ship_to", (StructPart("town", "city"), Constant("__typename", '"Address"')))
    edges = Edges("edges", (EdgeCursor("cursor"), EdgeNode("node", (Leaf("n", "number"), address))))
    info = PageInfo("pageInfo", (HasNext("more"), EndCursor("end")))
    listed = Page(
        "orders",
        "Order",
        1,
        (edges, info, Nodes("nodes", (Leaf("id", "id"),))),
        sorts=("-created_at",),
        tag="T",
    )
    roots = (
        listed,
        Get("missing", "Order", (Slot(0),), (Leaf("id", "id"),)),
        Constant("__typename", '"Query"'),
        ByKeys("some", "Product", (Slot(1),), (Leaf("sku", "sku"),)),
    )
    data = reader.document(roots, PEN, [INK, BOBS, PEN])
    cursor = f'T|["2026-01-02 03:04:05.678901+00", "{BOBS}"]'
    assert data == {
        "orders": {
            "edges": [
                {
                    "cursor": cursor,
                    "node": {"n": 'A "1" \\', "to": {"town": "Ghent", "__typename": "Address"}},
                }
            ],
            "pageInfo": {"more": True, "end": cursor},
            "nodes": [{"id": BOBS}],
        },
        "missing": None,
        "__typename": "Query",
        "some": [{"sku": "INK"}, None, {"sku": "PEN"}],
    }


def test_roles_that_nobody_asks_for_share_a_statement(reader: Reader) -> None:
    root = page("Product", (Leaf("id", "id"),))
    composer = reader.composer
    assert composer.value(root, frozenset({"member", "chess club"})) is composer.value(
        root, frozenset({"member"})
    )
    assert composer.value(root, frozenset({"member"})) is not composer.value(root, frozenset())
