"""What the tests of the running shop need before they can begin: products, customers, orders."""

from itertools import count
from typing import Any

import httpx

_numbers = count(1)


def unique() -> int:
    """Return a number that no test has had."""
    return next(_numbers)


def product(manager: httpx.Client, **members: Any) -> dict[str, Any]:
    """Create a product."""
    number = unique()
    body = {"sku": f"SKU-{number}", "title": f"Thing {number}", "price": "12.50", "stock": 10, **members}
    return created(manager.post("/v1/products", json=body))


def customer(manager: httpx.Client, **members: Any) -> dict[str, Any]:
    """Create a customer."""
    body = {"email": f"c{unique()}@buyers.test", "name": "Bob", **members}
    return created(manager.post("/v1/customers", json=body))


def order(manager: httpx.Client, lines: dict[str, int] | None = None, **members: Any) -> dict[str, Any]:
    """Create an order of `lines` (product id → quantity)."""
    lines = {product(manager)["id"]: 2} if lines is None else lines
    body = {
        "number": f"N-{unique()}",
        "customer_id": members.pop("customer_id", None) or customer(manager)["id"],
        "items": [{"product_id": key, "quantity": quantity} for key, quantity in lines.items()],
        **members,
    }
    return created(manager.post("/v1/orders", json=body))


def created(answer: httpx.Response) -> dict[str, Any]:
    """Return the body of a 201."""
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return the problem document, which must be this one and say nothing of the inside."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found: dict[str, Any] = answer.json()
    assert (answer.status_code, found["status"], found["code"]) == (status, status, code), found
    assert found["type"] == f"urn:problem:{code}"
    assert found["request_id"] == answer.headers["x-request-id"]
    for word in ("Traceback", "asyncpg", "SELECT", "api_", "set_config"):
        assert word not in answer.text
    return found
