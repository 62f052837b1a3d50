"""Schemathesis, all checks, against the shop as it runs: two members of different orgs as peers, and a clerk."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest

from bdc.stack.backend import free_port
from bdc.stack.up import Running, UpOptions, running
from bdc.stack.workspace import Workspace
from tests.support.schemathesis import Caller, configure, run
from tests.support.schemathesis_fault import open_by_key
from tests.support.shop import build_shop, shop
from tests.support.tools import not_run, tool

pytestmark = [pytest.mark.postgres, pytest.mark.tool]

EXAMPLES = 15


@pytest.fixture(scope="module")
def program() -> Path:
    found = tool("schemathesis")
    if found is None:
        pytest.skip(not_run("schemathesis"))
    return found


@pytest.fixture(scope="module")
def backend(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("shop")
    out = build_shop(folder / "out")
    options = UpOptions(port=free_port(), durable=False, environment=(("LIMITS_RATE", "0"),))
    _, system = shop()
    with running(system, out, Workspace(folder), options, lambda step, detail, seconds: None) as up:
        for caller in callers(up):
            if caller.peer:
                write_an_order(up, caller)
        yield up


@pytest.fixture(scope="module")
def document(backend: Running) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{backend.backend.url}/openapi.json").json()
    return found


def callers(up: Running) -> tuple[Caller, ...]:
    return (
        Caller("ann", up.token("acme.ann", "manager")),
        Caller("eve", up.token("globex.eve", "manager")),
        Caller("clerk", up.token("acme.ann", "member"), peer=False),
    )


def write_an_order(up: Running, caller: Caller) -> None:
    """Give a peer something of his own to read."""
    client = httpx.Client(
        base_url=f"{up.backend.url}/v1", headers={"Authorization": f"Bearer {caller.token}"}
    )
    with client:
        product = {"sku": "TEA-1", "title": "Tea", "price": "4.50", "stock": 100}
        buyer = {"name": "Buyer", "email": f"{caller.name}@buyers.test"}
        items = [{"product_id": post(client, "/products", product), "quantity": 2}]
        post(
            client,
            "/orders",
            {"number": "S-1", "customer_id": post(client, "/customers", buyer), "items": items},
        )


def post(client: httpx.Client, path: str, body: dict[str, Any]) -> str:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.long
def test_every_check_holds(backend: Running, document: dict[str, Any], program: Path, tmp_path: Path) -> None:
    configure(tmp_path, document, callers(backend), examples=EXAMPLES)
    outcome = run(program, tmp_path, backend.backend.url)
    assert outcome.code == 0, outcome.text
    assert "will not run" not in outcome.text  # a check that is not configured says so, and passes


def test_a_document_that_promises_something_else_is_found_out(
    backend: Running, document: dict[str, Any], program: Path, tmp_path: Path
) -> None:
    wrong = deepcopy(document)
    wrong["components"]["schemas"]["Product"]["properties"]["price"] = {"type": "number"}
    configure(tmp_path, wrong, callers(backend), examples=5)
    outcome = run(program, tmp_path, backend.backend.url, ["--include-operation-id", "list_products"])
    assert outcome.code == 1
    assert "Response violates schema" in outcome.text


@pytest.mark.long
def test_a_service_that_shows_rows_to_whoever_knows_their_key_is_found_out(
    backend: Running, document: dict[str, Any], program: Path, tmp_path: Path
) -> None:
    known = callers(backend)
    configure(tmp_path, document, known, examples=20)
    only = ["--include-path-regex", "customers", "--phases", "fuzzing,stateful"]
    with open_by_key(backend.backend.url, [caller.token for caller in known]) as url:
        outcome = run(program, tmp_path, url, [*only, "--checks", "object_level_authorization"])
    assert outcome.code == 1, outcome.text
    assert "ST402" in outcome.text
