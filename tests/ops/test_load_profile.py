"""The load test of the output tells the truth: refusals are failures, and waiting counts."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ops.rendered import build


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    out = build("shop", tmp_path)
    monkeypatch.syspath_prepend(str(out / "tests" / "performance"))
    module = importlib.import_module("load_profile")
    monkeypatch.setitem(module.PROFILE, "requests_per_second", 200)
    yield module
    del sys.modules["load_profile"]


def measured(load: Any, status: int, wait: float) -> Any:
    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(wait)
        return httpx.Response(status, json={"data": [{"id": "1"}]})

    async def story() -> Any:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(base_url="http://x", transport=transport) as client:
            return await load.run(client, "steady", 0.5)

    return asyncio.run(story())


def test_what_is_refused_or_slow_breaks_a_promise(load: Any) -> None:
    good = measured(load, 200, 0.0)
    assert good.broken() == [] and good.count == 100
    assert any("{id}" in route for route in good.times), "rows are asked for by their keys too"
    assert "429" in measured(load, 429, 0.0).failures
    (reason,) = measured(load, 429, 0.0).broken()
    assert "failed" in reason
    (reason,) = measured(load, 200, 0.4).broken()
    assert reason.startswith("p95 is ")
