"""Load a running service as the specification says it will be loaded, and report.

    python -m tests.performance.load_profile URL TOKEN [--shape steady|ramp|spike|soak] [--seconds N] [--database URL]

Not a test: what it measures belongs to the machine it runs on. Requests begin at the declared rate whether or not earlier ones have been
answered, and their time counts from the moment they were due: a service that stalls does not slow down who measures it. An answer of 400
or more is a failure, 429 too. With `--database`, PostgreSQL's own counters are shown beside it.
"""

import argparse
import asyncio
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

PROFILE = json.loads((Path(__file__).parent / "profile.json").read_text(encoding="utf-8"))
# Parts of a run: how much of the declared rate, for which share of its time.
SHAPES = {
    "steady": ((1.0, 1.0),),
    "ramp": ((0.25, 0.25), (0.5, 0.25), (0.75, 0.25), (1.0, 0.25)),
    "spike": ((0.5, 0.4), (3.0, 0.2), (0.5, 0.4)),
    "soak": ((0.7, 1.0),),
}
SECONDS = {"steady": 30.0, "ramp": 60.0, "spike": 60.0, "soak": 3600.0}
_COUNTERS = (
    "select xact_commit, xact_rollback, blks_hit, blks_read, deadlocks, temp_files"
    " from pg_stat_database where datname = current_database()"
)


@dataclass
class Report:
    """What was measured: times of answers by route, in seconds, and failures by status."""

    times: dict[str, list[float]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """Return how many requests were made."""
        return sum(map(len, self.times.values()))

    def lines(self, seconds: float) -> Iterator[str]:
        """Yield the report."""
        yield f"{self.count / seconds:.0f} requests/s, {sum(self.failures.values())} failed {dict(self.failures)}"
        for route, times in sorted(self.times.items()):
            shown = "  ".join(
                f"p{share * 100:g} {at(times, share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99)
            )
            yield f"  {route}: {len(times)} requests, {shown}"

    def broken(self) -> list[str]:
        """Return the promises that were not kept."""
        everything = [seconds for times in self.times.values() for seconds in times]
        if not everything:
            return ["no request was made"]
        p95, promised = at(everything, 0.95), PROFILE["latency_p95_seconds"]
        failed = sum(self.failures.values()) / len(everything)
        found = []
        if p95 > promised:
            found.append(f"p95 is {p95 * 1000:.0f} ms, promised are {promised * 1000:.0f}")
        if failed > 1 - PROFILE["availability"]:
            found.append(f"{failed:.3%} failed, allowed are {1 - PROFILE['availability']:.3%}")
        return found


def at(times: list[float], share: float) -> float:
    """Return the time within which this share was answered."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def keys_of(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """Return rows of a list, whose keys are asked for one by one."""
    answer = await client.get(path)
    members = answer.json().values() if answer.status_code == 200 else ()
    return next((list(member) for member in members if isinstance(member, list) and member), [])


async def requests_of(client: httpx.AsyncClient) -> tuple[list[tuple[str, list[str]]], list[int]]:
    """Return (route, paths) and weights: lists as they are, rows by the keys that their lists hold."""
    found, weights = [], []
    for request in PROFILE["requests"]:
        route = request["path"]
        names = re.findall(r"\{(\w+)\}", route)
        paths = [route]
        if names:
            rows = await keys_of(client, route.split("/{")[0])
            paths = [route.format_map(row) for row in rows if all(name in row for name in names)]
        if paths:
            found.append((route, paths))
            weights.append(request["weight"])
    return found, weights


async def run(client: httpx.AsyncClient, shape: str, seconds: float) -> Report:
    """Send the profile's requests in this shape."""
    report = Report()
    requests, weights = await requests_of(client)

    async def one(due: float) -> None:
        route, paths = random.choices(requests, weights)[0]
        try:
            answer = await client.get(random.choice(paths))
            if answer.status_code >= 400:
                report.failures[str(answer.status_code)] += 1
        except httpx.HTTPError as error:
            report.failures[type(error).__name__] += 1
        report.times.setdefault(route, []).append(time.perf_counter() - due)

    tasks: list[asyncio.Task[None]] = []
    for factor, share in SHAPES[shape] if requests else ():
        begun, rate = time.perf_counter(), PROFILE["requests_per_second"] * factor
        for number in range(max(1, int(rate * seconds * share))):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    return report


async def counters(url: str | None) -> dict[str, int]:
    """Return what PostgreSQL has counted for this database; nothing without an address."""
    if url is None:
        return {}
    connection = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow(_COUNTERS)
        return dict(row) if row is not None else {}
    finally:
        await connection.close()


async def main(arguments: argparse.Namespace) -> int:
    """Run, print the report, and return 1 when a promise was not kept."""
    headers = {"Authorization": f"Bearer {arguments.token}"}
    seconds = arguments.seconds or SECONDS[arguments.shape]
    before = await counters(arguments.database)
    limits = httpx.Limits(max_connections=1000)
    async with httpx.AsyncClient(
        base_url=arguments.url, headers=headers, timeout=30, limits=limits
    ) as client:
        report = await run(client, arguments.shape, seconds)
    after = await counters(arguments.database)
    print("\n".join(report.lines(seconds)))
    if before:
        print("  PostgreSQL: " + ", ".join(f"{name} {after[name] - before[name]}" for name in before))
    broken = report.broken()
    print("\n".join(f"not kept: {reason}" for reason in broken) or "every promise was kept")
    return int(bool(broken))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.performance.load_profile")
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--shape", choices=SHAPES, default="steady")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--database", metavar="URL")
    sys.exit(asyncio.run(main(parser.parse_args())))
