"""What the endpoint accepts, refuses and says: limits, variables, callers, mutations, HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.graphql.harness import Graph
from tests.graphql.shop_data import CUSTOMERS, FOREIGN_ORDER, ORDERS, PRODUCTS

pytestmark = pytest.mark.postgres
GET = "query ($id: ID!) { order(id: $id) { id } }"
ORDER_INPUT = {
    "number": "N-1",
    "customerId": CUSTOMERS[1],
    "items": [{"productId": PRODUCTS[1], "quantity": 2}],
}


def inside(graph: Graph, work: Callable[[], Awaitable[None]]) -> None:
    """Run a test's coroutine and close what it opened."""

    async def run() -> None:
        try:
            await work()
        finally:
            await graph.close()

    asyncio.run(run())


async def both(
    graph: Graph, text: str, variables: dict[str, Any] | None = None, who: str = "member"
) -> dict[str, Any]:
    """Return what both ways answer."""
    compiled = await graph.ask(text, variables, who)
    assert compiled == await graph.ask(text, variables, who, compiled=False)
    return compiled


def code(answer: dict[str, Any]) -> str:
    """Return the one error's code."""
    (error,) = answer["errors"]
    assert not answer.get("data")
    found: str = error["extensions"]["code"]
    return found


# Each fragment spreads the next one three times: three to the power of thirty fields, in a page of text.
BOMB = " ".join(
    f"fragment F{n} on Order {{ a: id ...F{n + 1} b: id ...F{n + 1} ...F{n + 1} }}" for n in range(30)
)
BOMB += " fragment F30 on Order { id }"
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("{ order(id: ", {}, "graphql-syntax"),
    ("{ order(id: 1) { id nmber } }", {}, "graphql-validation"),
    ("{ order { id } }", {}, "graphql-validation"),
    ("{ orders(filter: {status: {eq: nowhere}}) { nodes { id } } }", {}, "graphql-validation"),
    ('{ orders(filter: {createdAt: {gte: "soon"}}) { nodes { id } } }', {}, "graphql-validation"),
    ("{ orders(sort: NUMBER) { nodes { id } } }", {}, "graphql-validation"),
    (GET, {}, "graphql-variables"),
    (GET, {"id": None}, "graphql-variables"),
    (GET, {"id": True}, "graphql-variables"),
    (GET, {"id": "nonsense"}, "graphql-variables"),
    (
        "query ($f: OrderFilter) { orders(filter: $f) { nodes { id } } }",
        {"f": {"nmber": {}}},
        "graphql-variables",
    ),
    ("query ($n: Int!) { orders(first: $n) { nodes { id } } }", {"n": 2**31}, "graphql-variables"),
    ("query ($n: Int!) { orders(first: $n) { nodes { id } } }", {"n": 101}, "graphql-limit"),
    ("{ orders(first: 0) { nodes { id } } }", {}, "graphql-limit"),
    ("{ orders(first: 1) { nodes { items(first: 201) { id } } } }", {}, "graphql-limit"),
    ("{ customers(first: 100) { nodes { orders(first: 20) { id } } } }", {}, "graphql-limit"),
    ("{ " + " ".join(f"a{n}: __typename" for n in range(60)) + " }", {}, "graphql-limit"),
    ("{ order(id: 1) { " + "id " * 30 + "} }", {}, "graphql-limit"),
    ("{ order(id: 1) { " + "customer { orders { " * 5 + "id" + " } }" * 5 + " } }", {}, "graphql-limit"),
    ("{ order(id: 1) { ...F0 } } " + BOMB, {}, "graphql-limit"),
    ("{ __typename }" + "#" * 131_072, {}, "graphql-limit"),
    ("{ " + "id " * 5_100 + "}", {}, "graphql-limit"),
    ("{ __typename } " + "fragment U on Order { id } " * 90, {}, "graphql-validation"),
    (
        "{ __typename } " + " ".join(f"fragment U{n} on Order {{ id }}" for n in range(500)),
        {},
        "graphql-limit",
    ),
    (
        "{ order(id: 1) { ...A } } fragment A on Order { ...B } fragment B on Order { ...A }",
        {},
        "graphql-validation",
    ),
    (" ".join(f"query Q{n} {{ __typename }}" for n in range(60)), {}, "graphql-limit"),
    ("{ order(id: 1) {" + ("customer {" + "orders { id } " * 4 + "} ") * 4 + "} }", {}, "graphql-limit"),
    (
        "{ " + ('orders(filter: {number: {eq: "' + "x" * 9_000 + '"}}) { nodes { id } } ') * 3 + "}",
        {},
        "graphql-limit",
    ),
    ("{ " + "... { " * 900 + "__typename" + " }" * 900 + " }", {}, "graphql-syntax"),
    ("query A { __typename } query B { __typename }", {}, "graphql-operation"),
    ('{ orders(after: "x") { nodes { id } } }', {}, "invalid-cursor"),
]


@pytest.mark.parametrize(("text", "variables", "expected"), REFUSED)
def test_refused_documents(graph: Graph, text: str, variables: dict[str, Any], expected: str) -> None:
    async def work() -> None:
        answer = await both(graph, text, variables)
        assert code(answer) == expected
        assert "data" not in answer
        assert "Did you mean" not in answer["errors"][0]["message"]

    inside(graph, work)


def test_a_variable_length_is_costed_by_its_value(graph: Graph) -> None:
    text = "query ($n: Int!) { customers(first: 10) { nodes { orders(first: $n) { items(first: 20) { id } } } } }"

    async def work() -> None:
        assert "errors" not in await graph.ask(text, {"n": 2})
        assert code(await graph.ask(text, {"n": 20})) == "graphql-limit"

    inside(graph, work)


def test_who_may_read_what(graph: Graph) -> None:
    async def work() -> None:
        assert code(await both(graph, "{ orders { nodes { id } } }", who="anonymous")) == "unauthenticated"
        forbidden = await both(graph, "{ products { nodes { id } } }", who="buyer")
        assert code(forbidden) == "forbidden"
        assert forbidden["errors"][0]["path"] == ["products"]
        assert {"rule", "because"} <= forbidden["errors"][0]["extensions"].keys()
        assert await both(graph, GET, {"id": FOREIGN_ORDER}) == {"data": {"order": None}}
        assert await both(graph, GET, {"id": ORDERS[1]}, "buyer") == {"data": {"order": None}}
        assert (await both(graph, GET, {"id": FOREIGN_ORDER}, "foreign"))["data"]["order"] == {
            "id": FOREIGN_ORDER
        }
        own = await both(graph, "{ orders(first: 3) { nodes { internalNote customerId } } }", who="buyer")
        assert own["data"]["orders"]["nodes"] == [{"internalNote": None, "customerId": CUSTOMERS[0]}] * 3

    inside(graph, work)


def test_pages_read_to_the_end(graph: Graph) -> None:
    """Every row once, in order, whichever page it is on."""
    text = (
        "query ($after: String) { orders(first: 7, after: $after, sort: CREATED_AT_DESC)"
        " { nodes { id } pageInfo { hasNextPage endCursor } } }"
    )

    async def work() -> None:
        seen: list[str] = []
        after, more = None, True
        while more:
            page = (await both(graph, text, {"after": after}))["data"]["orders"]
            seen += [node["id"] for node in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert sorted(seen) == sorted(ORDERS)
        other = "query ($after: String) { orders(after: $after, sort: NUMBER_ASC) { nodes { id } } }"
        assert code(await both(graph, other, {"after": after})) == "invalid-cursor"

    inside(graph, work)


def test_mutations_answer_what_they_wrote(graph: Graph) -> None:
    create = (
        "mutation ($input: CreateOrderInput!) { made: createOrder(input: $input)"
        " { version status total items { quantity unitPrice product { sku } } customer { name } id } }"
    )

    async def work() -> None:
        made = (await graph.ask(create, {"input": ORDER_INPUT}))["data"]["made"]
        assert made["items"] == [{"quantity": 2, "unitPrice": "4.50", "product": {"sku": "SKU-1"}}]
        assert (made["version"], made["status"], made["total"]) == (1, "draft", "9.00")
        again = {**ORDER_INPUT, "number": "N-2"}
        resolved = await graph.ask(create, {"input": again}, compiled=False)
        assert resolved["data"]["made"] | {"id": 0} == made | {"id": 0}
        taken = await both(graph, create, {"input": ORDER_INPUT})
        assert code(taken | {"data": None}) == "conflict"
        assert taken["data"] == {"made": None}

    inside(graph, work)


def test_refused_members_are_named_as_they_were_given(graph: Graph) -> None:
    text = "mutation ($input: CreateOrderInput!) { createOrder(input: $input) { id } }"
    wrong = {**ORDER_INPUT, "number": "", "items": [{"productId": PRODUCTS[1], "quantity": 0}]}

    async def work() -> None:
        answer = await both(graph, text, {"input": wrong})
        paths = {each["path"] for each in answer["errors"][0]["extensions"]["errors"]}
        assert paths == {"/number", "/items/0/quantity"}
        unknown = {**ORDER_INPUT, "customerId": FOREIGN_ORDER}
        answer = await both(graph, text, {"input": unknown})
        assert [each["path"] for each in answer["errors"][0]["extensions"]["errors"]] == ["/customerId"]

    inside(graph, work)


def test_each_mutation_stands_alone(graph: Graph) -> None:
    """One that is refused answers null; those before and after it have happened."""
    text = (
        "mutation ($id: ID!) { note: updateOrder(id: $id, input: {note: null}, ifMatch: 1) { note version }"
        ' first: cancelOrder(id: $id, reason: "x", idempotencyKey: "k") { status version }'
        ' replayed: cancelOrder(id: $id, reason: "x", idempotencyKey: "k") { status version }'
        ' second: cancelOrder(id: $id, reason: "x") { status } pay: payOrder(id: $id) { status }'
        ' stale: updateOrder(id: $id, input: {note: "x"}, ifMatch: 1) { version }'
        " last: __typename }"
    )

    async def work() -> None:
        answer = await graph.ask(text, {"id": ORDERS[1]})
        data = answer["data"]
        assert data["note"] == {"note": None, "version": 2}
        assert data["first"] == data["replayed"] == {"status": "cancelled", "version": 3}
        assert [data[name] for name in ("second", "pay", "stale", "last")] == [None] * 3 + ["Mutation"]
        codes = {error["path"][0]: error["extensions"]["code"] for error in answer["errors"]}
        assert (
            codes.items()
            >= {
                "second": "order-not-cancellable",
                "pay": "forbidden",
            }.items()
        )
        assert codes["stale"] in ("precondition-failed", "forbidden")
        wrong = 'mutation ($id: ID!) { payOrder(id: $id) { id } x: payOrder(id: "x") { id } }'
        assert code(await both(graph, wrong, {"id": ORDERS[6]}, "manager")) == "graphql-variables"

    inside(graph, work)


def test_an_encrypted_member_is_read_by_whom_it_is_for(graph: Graph) -> None:
    create = "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { id taxNumber } }"
    read = "query ($id: ID!) { customer(id: $id) { number: taxNumber orders(first: 1) { customer { taxNumber } } } }"
    secret = 'T-"1"\\'

    async def work() -> None:
        given = {"input": {"email": "new@mail.test", "name": "New", "taxNumber": secret}}
        made = (await graph.ask(create, given, "manager"))["data"]["createCustomer"]
        assert made["taxNumber"] == secret
        key = {"id": made["id"]}
        assert (await both(graph, read, key, "manager"))["data"]["customer"]["number"] == secret
        assert (await both(graph, read, key))["data"]["customer"]["number"] == "***"
        async with graph.services.database.transaction() as connection:
            identity = (*graph.actor("manager").identity, "test")
            names = ("actor_id", "actor_org", "actor_roles", "request_id")
            for name, value in zip(names, identity, strict=True):
                await connection.execute("select set_config($1, $2, true)", f"app.{name}", value)
            stored = await connection.fetchval("select tax_number from customer where id = $1", made["id"])
        assert stored
        assert secret not in stored

    inside(graph, work)


def test_delete_hides_the_row(graph: Graph) -> None:
    text = "mutation ($id: ID!) { deleteCustomer(id: $id) }"
    read = "query ($id: ID!) { customer(id: $id) { id } }"

    async def work() -> None:
        given = {"id": CUSTOMERS[6]}
        assert code((await both(graph, text, given)) | {"data": None}) == "forbidden"
        assert await graph.ask(text, given, "manager") == {"data": {"deleteCustomer": True}}
        assert await both(graph, read, given, "manager") == {"data": {"customer": None}}

    inside(graph, work)


def test_operations_by_sql_stand_beside_rows(graph: Graph) -> None:
    text = (
        'query ($until: Date!) { one: __typename dailyRevenue(since: "2026-01-01", until: $until)'
        " { on: day revenue __typename } orders(first: 1) { nodes { number } } }"
    )

    async def work() -> None:
        data = (await both(graph, text, {"until": "2026-02-01"}, "manager"))["data"]
        assert list(data) == ["one", "dailyRevenue", "orders"]
        assert data["dailyRevenue"][0]["on"] == "2026-01-01"
        assert code(await both(graph, text, {"until": "2026-02-01"})) == "forbidden"

    inside(graph, work)


def test_http(graph: Graph) -> None:
    from services.problems import Problem

    modern = "application/graphql-response+json"
    wrong = {"query": "{ nothing }"}

    async def refused(body: Any, method: str = "POST") -> str:
        with pytest.raises(Problem) as caught:
            await graph.post(body, method=method)
        return caught.value.code

    async def work() -> None:
        assert (await graph.post(wrong)).status == 200
        answer = await graph.post(wrong, accept=modern)
        assert (answer.status, answer.content_type) == (400, modern.encode())
        assert await refused([wrong, wrong]) == "malformed-request"
        assert await refused({"query": 1}) == "malformed-request"
        assert await refused(b"{") == "malformed-request"
        assert await refused({"query": "{ __typename }", "variables": []}) == "malformed-request"
        got = await graph.post(
            b'query=query($id:ID!){order(id:$id){id}}&variables={"id":"%s"}' % ORDERS[0].encode(),
            method="GET",
        )
        assert json.loads(got.body) == {"data": {"order": {"id": ORDERS[0]}}}
        mutation = b'query=mutation{deleteProduct(id:"%s")}' % PRODUCTS[0].encode()
        assert await refused(mutation, "GET") == "method-not-allowed"

    inside(graph, work)


def test_introspection_follows_the_setting(graph: Graph) -> None:
    from dataclasses import replace

    from api.graphql.engine.endpoint import Endpoint
    from api.graphql.engine.extensions import Extensions

    text = '{ __schema { queryType { name } } __type(name: "Order") { name } }'

    async def work() -> None:
        assert "errors" not in await graph.ask(text)
        never = Endpoint(replace(graph.settings, introspection="never"), Extensions())
        graph._endpoints[True] = never
        assert code(await graph.ask(text)) == "graphql-introspection"
        assert (await graph.ask("{ __typename }"))["data"] == {"__typename": "Query"}

    inside(graph, work)


def test_a_lost_database_is_said_in_the_status(graph: Graph) -> None:
    async def work() -> None:
        await graph.services.database.close(0)
        answer = await graph.post({"query": GET, "variables": {"id": ORDERS[0]}})
        assert answer.status == 503
        assert json.loads(answer.body)["errors"][0]["extensions"]["code"] == "unavailable"
        assert any(name == b"retry-after" for name, _ in answer.headers)

    inside(graph, work)


def test_a_long_document_is_read_beside_the_loop_and_once(graph: Graph) -> None:
    """Many callers bring the same long document: it is read once, and the loop goes on meanwhile."""
    fields = "id number note status createdAt customer { id name } "
    text = "{ " + " ".join(f"a{n}: orders(first: 1) {{ nodes {{ {fields} }} }}" for n in range(45)) + " }"

    async def work() -> None:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0)
                ticks += 1

        ticking = asyncio.create_task(tick())
        first, second = await asyncio.gather(graph.ask(text), graph.ask(text))
        ticking.cancel()
        assert "errors" not in first
        assert first == second
        assert ticks > 20

    inside(graph, work)
