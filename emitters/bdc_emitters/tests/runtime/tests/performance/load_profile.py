"""Load the service as the specification says it will be loaded, and report: `python -m tests.performance.load_profile URL TOKEN`.

Not a test: what it measures belongs to the machine it runs on. It holds the declared rate for some seconds against a service
that is already running, and says whether the declared latency was kept.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path

import httpx

PROFILE = json.loads((Path(__file__).parent / "profile.json").read_text(encoding="utf-8"))


async def run(url: str, token: str, seconds: float = 10.0) -> int:
    """Send the profile's requests at its rate; print and return 1 when the promise was not kept."""
    rate = PROFILE["requests_per_second"]
    paths = [request["path"] for request in PROFILE["requests"]]
    weights = [request["weight"] for request in PROFILE["requests"]]
    latencies: list[float] = []
    failures = 0
    headers = {"Authorization": f"Bearer {token}"}

    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:

        async def one() -> None:
            nonlocal failures
            begun = time.perf_counter()
            try:
                answer = await client.get(random.choices(paths, weights)[0])
                failures += answer.status_code >= 500
            except httpx.HTTPError:
                failures += 1
            latencies.append(time.perf_counter() - begun)

        begun = time.perf_counter()
        tasks = []
        while time.perf_counter() - begun < seconds:
            tasks.append(asyncio.create_task(one()))
            due = begun + len(tasks) / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await asyncio.gather(*tasks)
    latencies.sort()
    p95 = latencies[int(len(latencies) * 0.95)]
    promised = PROFILE["latency_p95_seconds"]
    print(
        f"{len(latencies) / seconds:.0f} requests/s, p95 {p95 * 1000:.0f} ms (promised {promised * 1000:.0f}), {failures} failed"
    )
    return int(p95 > promised or failures > 0)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(sys.argv[1], sys.argv[2])))
