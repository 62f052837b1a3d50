"""What both services are asked, as bytes ready to send."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

from tests.bench.data import STATUSES, Keys

_numbers = count(1)


@dataclass(frozen=True)
class Case:
    """`make(keys, token, count)` gives the emitted service's requests, at most `count`, `peer` the hand-written one's. `least`: the
    ratio of requests per second to reach."""

    name: str
    expected: int
    least: float
    make: Callable[[Keys, str, int], list[str]]
    peer: Callable[[Keys, str, int], list[str]]
    writes: bool = False


def request(method: str, path: str, token: str, body: object | None = None) -> str:
    payload = "" if body is None else json.dumps(body)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(payload.encode())}\r\n"
    return head + "\r\n" + payload


def _get(keys: Keys, token: str, count: int) -> list[str]:
    return [request("GET", f"/v1/orders/{key}", token) for key in keys.orders[:count]]


def _list(keys: Keys, token: str, count: int) -> list[str]:
    query = {"limit": 20, "sort": "-created_at", "expand": "customer,items"}
    return [
        request("GET", "/v1/orders?" + urlencode({**query, "status": status}), token)
        for status in STATUSES[:count]
    ]


def _list_peer(keys: Keys, token: str, count: int) -> list[str]:
    return [request("GET", f"/v1/orders?limit=20&status={status}", token) for status in STATUSES[:count]]


def _create(keys: Keys, token: str, count: int) -> list[str]:
    return _orders(keys, token, count, "/v1/orders?expand=items")


def _create_peer(keys: Keys, token: str, count: int) -> list[str]:
    return _orders(keys, token, count, "/v1/orders")


def _orders(keys: Keys, token: str, count: int, path: str) -> list[str]:
    def body(number: int) -> dict[str, object]:
        items = [
            {"product_id": keys.products[number % 500], "quantity": 2},
            {"product_id": keys.products[(number + 250) % 500], "quantity": 1},
        ]
        return {"number": f"N-{next(_numbers)}", "customer_id": keys.customers[number % 500], "items": items}

    return [request("POST", path, token, body(number)) for number in range(count)]


GET = "query($id: ID!) { order(id: $id) { id number status total customer { id name email tier } } }"
NODE = "id number status total createdAt customer { id name email tier } items {ITEMS} { id quantity unitPrice product { id sku title price } }"
LIST = "query($status: OrderStatus) { orders(first: 20, filter: {status: {eq: $status}}, sort: CREATED_AT_DESC) { nodes { %s } } }"
LIST_PEER = "query($status: String) { orders(first: 20, status: $status) { nodes { %s } } }"


def _graphql_get(keys: Keys, token: str, count: int) -> list[str]:
    return [
        request("POST", "/graphql", token, {"query": GET, "variables": {"id": key}})
        for key in keys.orders[:count]
    ]


def _graphql_list(keys: Keys, token: str, count: int) -> list[str]:
    query = LIST % NODE.replace("{ITEMS}", "")
    return [
        request("POST", "/graphql", token, {"query": query, "variables": {"status": status}})
        for status in STATUSES[:count]
    ]


def _graphql_list_peer(keys: Keys, token: str, count: int) -> list[str]:
    query = LIST_PEER % NODE.replace("{ITEMS}", "")
    return [
        request("POST", "/graphql", token, {"query": query, "variables": {"status": status}})
        for status in STATUSES[:count]
    ]


CASES = (
    Case("get by key", 200, 6.0, _get, _get),
    Case("list 20 nested", 200, 5.0, _list, _list_peer),
    Case("create with 2 items", 201, 8.0, _create, _create_peer, writes=True),
    Case("GraphQL get", 200, 5.0, _graphql_get, _graphql_get),
    Case("GraphQL list 20 nested", 200, 14.0, _graphql_list, _graphql_list_peer),
)
