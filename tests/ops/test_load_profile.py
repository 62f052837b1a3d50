"""The load test of the output tells the truth: refusals are failures, waiting counts, and every kind of request is made."""

import asyncio
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import tests
from tests.ops.rendered import build


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    out = build("shop", tmp_path)
    monkeypatch.setattr(tests, "__path__", [*tests.__path__, str(out / "tests")])
    module = importlib.import_module("tests.performance.load_profile")
    monkeypatch.setitem(module.PROFILE, "requests_per_second", 200)
    yield module
    for name in [each for each in sys.modules if each.startswith("tests.performance")]:
        del sys.modules[name]


class Shop:
    """A service that answers as it is told: `writes` are the bodies that it was sent."""

    def __init__(self, status: int, wait: float) -> None:
        self.status, self.wait = status, wait
        self.writes: list[Any] = []
        self.calls = 0
        self.trying = True

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        await asyncio.sleep(0 if self.trying else self.wait)
        row = {"id": str(self.calls), "status": ("draft", "placed", "paid")[self.calls % 3]}
        if request.method == "GET":
            body: Any = {"data": [row, {**row, "id": "1"}]} if request.url.path.count("/") == 2 else row
        else:
            self.writes.append(json.loads(request.content or b"{}"))
            body = {"data": {}} if request.url.path == "/graphql" else row
        return httpx.Response(200 if self.trying else self.status, json=body)


def measured(load: Any, shop: Shop, seconds: float = 0.4) -> Any:
    class Run(load.Run):  # type: ignore[misc]
        async def prepare(self) -> None:
            await super().prepare()
            shop.trying = False

    async def story() -> Any:
        load.Run, original = Run, load.Run
        try:
            return await told()
        finally:
            load.Run = original

    async def told() -> Any:
        transport = httpx.MockTransport(shop.answer)
        async with httpx.AsyncClient(base_url="http://x", transport=transport) as client:
            return await load.run(client, "steady", seconds)

    return asyncio.run(story())


def test_what_is_refused_or_slow_breaks_a_promise(load: Any) -> None:
    shop = Shop(200, 0.0)
    good = measured(load, shop, 1.5)
    assert good.broken() == []
    assert set(good.parts()) == {"reads", "writes", "operations", "graphql"}
    assert good.parts()["reads"] > 4 * good.parts()["writes"], "the declared mix"
    numbers = [each["number"] for each in shop.writes if "number" in each]
    assert len(numbers) == len(set(numbers)) > 30, "what is unique differs from call to call"
    assert "429" in measured(load, Shop(429, 0.0)).failures
    (reason,) = measured(load, Shop(503, 0.0)).broken()
    assert "failed" in reason
    (reason,) = measured(load, Shop(200, 0.4)).broken()
    assert reason.startswith("p95 is ")
    (reason,) = measured(load, Shop(409, 0.0)).broken()
    assert "refused" in reason, "an answer that did no work is no success either"


def test_texts_keep_their_shape(load: Any) -> None:
    rows = importlib.import_module("tests.performance.rows")
    texts = {rows.shaped("AB-12cd", number) for number in range(200)}
    assert len(texts) > 190 and all(text[2] == "-" and text[:2].isupper() for text in texts)
    assert rows.shaped("ann@example.test", 5).endswith("@example.test")


@pytest.mark.long
def test_the_shop_bears_a_little_load(tmp_path: Path) -> None:
    """Every request of the profile is made on a server of its own, and PostgreSQL says what took its time."""
    out, report = build("shop", tmp_path / "out"), tmp_path / "report.json"
    command = [
        sys.executable,
        "-m",
        "bdc.cli",
        "load",
        str(out),
        "--seconds",
        "10",
        "--rate",
        "60",
        "--json",
        str(report),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(report.read_text(encoding="utf-8"))
    assert found["failures"] == {} and found["not_made"] == {}, done.stdout
    assert {"pay_order", "delete_product", "GraphQL orders"} <= set(found["requests"])
    assert any("order_create" in line for line in found["database"])
