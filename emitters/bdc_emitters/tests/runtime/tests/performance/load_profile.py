"""Load a running service as the specification says it will be loaded, and report.

    python -m tests.performance.load_profile URL TOKEN… [--shape steady|ramp|spike|soak] [--seconds N] [--rate N] [--database URL]
    python -m tests.performance.load_profile              (a service and an embedded PostgreSQL of its own)

Not a test: what it measures belongs to the machine it runs on. Reads, writes, operations and GraphQL come in the declared mix. Requests
begin at the declared rate whether or not earlier ones have been answered, and their time counts from the moment they were due. 429 and 5xx
are failures. It writes: run it on a database whose rows may change.
"""

import argparse
import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.performance.postgres import counted
from tests.performance.profile import read_profile
from tests.performance.report import Report
from tests.performance.rows import Data, Rows
from tests.performance.transport import Transport

PROFILE = read_profile()
# Parts of a run: how much of the declared rate, for which share of its time.
SHAPES = {
    "steady": ((1.0, 1.0),),
    "ramp": ((0.25, 0.25), (0.5, 0.25), (0.75, 0.25), (1.0, 0.25)),
    "spike": ((0.5, 0.4), (3.0, 0.2), (0.5, 0.4)),
    "soak": ((0.7, 1.0),),
}
SECONDS = {"steady": 30.0, "ramp": 60.0, "spike": 60.0, "soak": 3600.0}
# New rows of each kind before anything is measured: writes and operations need some to be about.
FILL = 30
# A caller may be refused because of the row: so many rows are tried.
ATTEMPTS = 4


@dataclass
class Run:
    """One run: its rows, its report, and for each request the headers of a caller who may make it."""

    client: httpx.AsyncClient
    callers: list[dict[str, str]]
    rows: Rows
    report: Report
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Find out which caller may make which request, and make some rows. What every caller is refused is left out, and told."""
        await self.rows.fetch(self.client, self.callers)
        makes = [each for each in PROFILE["requests"] if "makes" in each]
        # What refers to rows that are made later finds them the second time.
        for request in [*makes, *makes, *(each for each in PROFILE["requests"] if each not in makes)]:
            if request["name"] in self.headers or not await self._tried(request):
                continue
            for _ in range(FILL if "makes" in request else FILL // 3 if "states" in request else 0):
                await self.send(request, self.headers[request["name"]])

    async def _tried(self, request: Data) -> bool:
        reasons: list[str] = []
        for headers in self.callers * ATTEMPTS:
            status = await self.send(request, headers, trying=True)
            if status is not None and status < "400":
                self.headers[request["name"]] = headers
                self.report.idle.pop(request["name"], None)
                return True
            reasons.append(status or "no row that it could be about")
        self.report.idle[request["name"]] = f"answers: {', '.join(dict.fromkeys(reasons))}"
        return False

    async def send(self, request: Data, headers: dict[str, str], *, trying: bool = False) -> str | None:
        """Make a call; return its status, or what broke it. None: there was no row for it. `trying`: a row that is refused comes back."""
        writes = request["part"] not in ("reads", "graphql")
        row: Data | None = {}
        if "of" in request:
            row = self.rows.take(request) if writes else self.rows.any(request["of"])
        try:
            body = self.rows.body(request)
        except LookupError:
            body, row = None, None
        if row is None:
            return None
        names = re.findall(r"\{(\w+)\}", request["path"])
        if "variables" in request:
            body["variables"] = {name: row.get(member) for name, member in request["variables"].items()}
        path = (
            request["path"].format_map({name: row.get(name) for name in names}) if names else request["path"]
        )
        try:
            answer = await self.client.request(
                request["method"], path, json=body, headers={**headers, **request.get("headers", {})}
            )
        except httpx.HTTPError as error:
            return type(error).__name__
        if trying and answer.status_code >= 400 and writes and row:
            self.rows.give_back(request["of"], row, made="takes" in request)
        self._keep(request, row if writes and "of" in request else None, answer)
        return _status(request, answer)

    def _keep(self, request: Data, row: Data | None, answer: httpx.Response) -> None:
        """Remember the row as the answer shows it. A row that a write was refused for is left alone from now on."""
        if answer.status_code >= 400 or request.get("takes"):
            return
        told = (
            answer.json() if answer.headers.get("content-type", "").startswith("application/json") else None
        )
        if "one" in request and isinstance(told, dict):
            told = told.get(request["one"])
        if "makes" in request and isinstance(told, dict):
            self.rows.give_back(request["makes"], told, made=True)
        elif row is not None:
            self.rows.give_back(request["of"], row | told if isinstance(told, dict) else row)


def _status(request: Data, answer: httpx.Response) -> str:
    """Return the status of an answer; GraphQL answers 200 with errors in it."""
    if request["part"] == "graphql" and answer.status_code == 200 and answer.json().get("errors"):
        return "422"
    return str(answer.status_code)


def drawn(requests: list[Data]) -> Data:
    """Return the next request: a part by the declared mix, then one of its requests."""
    mix = {
        part: rate for part, rate in PROFILE["mix"].items() if any(each["part"] == part for each in requests)
    }
    if not mix:
        return random.choice(requests)
    (part,) = random.choices(list(mix), list(mix.values()))
    return random.choice([each for each in requests if each["part"] == part])


async def run(
    client: httpx.AsyncClient, shape: str, seconds: float, callers: list[dict[str, str]] | None = None
) -> Report:
    """Send the profile's requests in this shape."""
    report = Report(PROFILE)
    test = Run(client, callers or [{}], Rows(PROFILE["lists"]), report)
    await test.prepare()
    requests = [each for each in PROFILE["requests"] if each["name"] in test.headers]

    async def one(due: float) -> None:
        report.late.append(time.perf_counter() - due)
        request = drawn(requests)
        status = await test.send(request, test.headers[request["name"]])
        if status is None:
            report.missed[request["name"]] += 1
        else:
            report.add(request["name"], time.perf_counter() - due, status)

    tasks: list[asyncio.Task[None]] = []
    start = time.perf_counter()
    for factor, share in SHAPES[shape] if requests else ():
        begun, rate = time.perf_counter(), PROFILE["requests_per_second"] * factor
        for number in range(max(1, int(rate * seconds * share))):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    report.seconds = time.perf_counter() - start
    return report


async def measure(arguments: argparse.Namespace, url: str, callers: list[dict[str, str]]) -> int:
    """Run, print the report, and return 1 when a promise was not kept."""
    if arguments.rate:
        PROFILE["requests_per_second"] = arguments.rate
    before = await counted(arguments.database)
    async with httpx.AsyncClient(base_url=url, transport=Transport()) as client:
        report = await run(client, arguments.shape, arguments.seconds or SECONDS[arguments.shape], callers)
    report.database = (await counted(arguments.database)).since(before)
    print("\n".join(report.lines()))
    if not PROFILE["mix_declared"]:
        print("  the mix is assumed: declare it with `load { Api.writes: 10 rps }`")
    broken = report.broken()
    print("\n".join(f"not kept: {reason}" for reason in broken) or "every promise was kept")
    if arguments.json:
        arguments.json.write_text(json.dumps(report.document(), indent=2), encoding="utf-8")
    return int(bool(broken))


def main() -> int:
    """Read the arguments; without an address start a backend of this run."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.load_profile")
    parser.add_argument("url", nargs="?")
    parser.add_argument("token", nargs="*", help="of callers; each request is made by the first who may")
    parser.add_argument("--shape", choices=SHAPES, default="steady")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--rate", type=float, help="requests per second, instead of the declared ones")
    parser.add_argument("--database", metavar="URL", help="show PostgreSQL's own numbers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report for programs")
    arguments = parser.parse_args()
    if arguments.url:
        callers = [{"Authorization": f"Bearer {token}"} for token in arguments.token]
        return asyncio.run(measure(arguments, arguments.url, callers or [{}]))
    from tests.performance.local import local_backend

    with local_backend() as (url, callers, database):
        arguments.database = arguments.database or database
        return asyncio.run(measure(arguments, url, callers))


if __name__ == "__main__":
    sys.exit(main())
