"""Many rows in one call: rows per second of plain ones and of audited ones, with policy, through the service."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.support.served import client_of, served

ROWS, ROUNDS = 10_000, 5
AIMS = {"readings": 30_000, "prices": 10_000}


def bench_bulk() -> int:
    """Measure and print; return 1 where rows were lost."""
    print(f"\n{ROWS:,} rows in one call (median of {ROUNDS})")
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        Path(scratch).chmod(0o755)
        with served("stock", Path(scratch)) as up, client_of(up, "demo.ann", "clerk") as client:
            for name, make in _MAKERS.items():
                speeds = [_round(client, name, make, number) for number in range(ROUNDS)]
                wrong |= int(0 in speeds)
                print(f"{name:>12} {statistics.median(speeds):>10,.0f} rows/s (aim {AIMS[name]:,})")
    return wrong


def _round(client: httpx.Client, name: str, make: Callable[[int, int], dict[str, Any]], number: int) -> float:
    rows = json.dumps([make(number, place) for place in range(ROWS)]).encode()
    began = time.perf_counter()
    answer = client.post(f"/v1/{name}:bulk", content=rows, headers={"content-type": "application/json"})
    seconds = time.perf_counter() - began
    return ROWS / seconds if answer.json() == {"count": ROWS} else 0


_MAKERS: dict[str, Callable[[int, int], dict[str, Any]]] = {
    "readings": lambda number, place: {"sensor": f"s{place % 100}", "value": place + number},
    "prices": lambda number, place: {"code": f"p{number}x{place}", "cents": place},
}
