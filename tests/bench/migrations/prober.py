"""A reader and a writer that come by every two milliseconds and note how long they waited. A process of its own, so that what it
notes is the database's doing: `python -m tests.bench.migrations.prober URL ROWS`, until its input ends; then it prints JSON."""

import asyncio
import gc
import json
import sys
import time
from random import Random
from typing import Any

import asyncpg

EVERY = 0.002
READ = "select id, touched from item where id = $1"
WRITE = "update item set touched = touched + 1 where id = $1"


async def probe(url: str, rows: int) -> dict[str, dict[str, float]]:
    """Return what reader and writer found: longest wait and 99th percentile in ms, how often they asked, how often it failed."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    found: dict[str, list[float]] = {"reader": [], "writer": []}
    failures = {"reader": 0, "writer": 0}
    connections = [await asyncpg.connect(url) for _ in found]
    for connection in connections:
        for sql in (READ, WRITE):
            await connection.fetch(sql, 1)
    gc.disable()
    print("ready", flush=True)
    await asyncio.gather(
        *(
            _ask(connection, sql, Random(name), rows, found[name], failures, name, ended)
            for connection, sql, name in zip(connections, (READ, WRITE), found, strict=True)
        )
    )
    return {name: {**summary(waits), "failed": float(failures[name])} for name, waits in found.items()}


async def _ask(
    connection: Any, sql: str, chance: Random, rows: int, waits: list[float], failures: dict[str, int], name: str, ended: asyncio.Event
) -> None:  # fmt: skip
    due = time.perf_counter()
    while not ended.is_set():
        begun = time.perf_counter()
        try:
            await connection.fetch(sql, chance.randint(1, rows))
        except asyncpg.PostgresError:
            failures[name] += 1
        now = time.perf_counter()
        waits.append((now - begun) * 1000)
        due = max(due + EVERY, now - EVERY)
        await asyncio.sleep(max(0.0, due - now))


def summary(waits: list[float]) -> dict[str, float]:
    ranked = sorted(waits)
    return {"longest": ranked[-1], "p99": ranked[int(len(ranked) * 0.99)], "count": float(len(ranked))}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(probe(sys.argv[1], int(sys.argv[2])))))
