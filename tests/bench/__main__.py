"""Measure and print. `python -m tests.bench [compiler|service] [--seconds N] [--rounds N] [--only TEXT]`."""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit
from bdc.stack import start
from bdc.stack.backend import free_port, migrate
from bdc.stack.keys import development_keys
from bdc.stack.up import UpOptions, service_settings
from tests.bench.cases import CASES, Case
from tests.bench.compiler import build_cost
from tests.bench.data import CALLER, ORG, Keys, fill, forget_created
from tests.bench.load import Sample
from tests.bench.peers import ROOT, Peer, start_emitted, start_handwritten, two_cpus

CONNECTIONS = 32
CPUS = two_cpus()  # asked before this process keeps itself to one of them
TIME = re.compile(r"\d{4}-\d\d-\d\dT")


@dataclass(frozen=True)
class Cell:
    """One peer in one case and round: requests per second, p99 in ms, CPU of the server per request in µs."""

    rate: float
    p99: float
    cpu: float
    bad: int


def main() -> None:
    options = _options()
    if options.part != "service":
        _bench_compiler()
    if options.part != "compiler":
        _bench_service(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("part", nargs="?", choices=("all", "compiler", "service"), default="all")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    return parser.parse_args()


def _bench_compiler() -> None:
    print("bdc build, every emitter, from nothing (median of 3)")
    print(f"{'entities':>10} {'wall s':>8} {'cpu s':>8} {'MiB':>8} {'files':>8} {'lines':>9}")
    for entities in (10, 100, 300):
        cost = build_cost(entities)
        print(
            f"{entities:>10} {cost.wall:>8.2f} {cost.cpu:>8.2f} {cost.memory:>8.0f} {cost.files:>8} {cost.lines:>9,}",
            flush=True,
        )
    print()


def _bench_service(options: argparse.Namespace) -> None:
    cases = [case for case in CASES if options.only.lower() in case.name.lower()]
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bdc-bench-")))
        scratch.chmod(0o755)
        peers, keys, token, admin = _stage(scratch, stack)
        _same_answers(peers, cases, keys, token)
        _print_head()
        for case in cases:
            _measure(case, peers, keys, token, admin, options)


def _stage(scratch: Path, stack: ExitStack) -> tuple[list[Peer], Keys, str, str]:
    """Build the shop, fill one database, start both services on it."""
    project, system = compile_or_exit(ROOT / "examples/shop", "human")
    out = scratch / "out"
    build(project, system, out)
    server = stack.enter_context(start())
    limits = (("LIMITS_RATE", "0"), ("DATABASE_POOL_SIZE", "10"))
    options = UpOptions(port=free_port(), durable=False, environment=limits)
    signing = development_keys(scratch / "keys")
    settings = service_settings(system, server.superuser_url, signing, options)
    migrate(out, settings, seed=False)
    keys = asyncio.run(fill(settings.admin_url))
    claims = {"sub": str(CALLER), "org": str(ORG), "roles": ["manager"]}
    issuer = settings.environment["JWT_ISSUER"]
    token = signing.mint(claims, issuer=issuer, audience="shop", lifetime=36000)
    if CPUS:
        _pin_tree(server_pid=server.pid, cpus=CPUS[1])
        os.sched_setaffinity(0, CPUS[1])
    emitted, ending = start_emitted(out, settings, scratch / "emitted.log")
    stack.enter_context(ending)
    environment = {"JWKS_URL": str(signing.jwks), "JWT_ISSUER": issuer, "POOL": "10"}
    peer, ending = start_handwritten(settings.admin_url, environment, scratch / "peer.log")
    stack.enter_context(ending)
    if CPUS:
        for each in (emitted, peer):
            each.pin(CPUS[0])
    return [emitted, peer], keys, token, settings.admin_url


def _pin_tree(server_pid: int, cpus: set[int]) -> None:
    """Keep the postmaster, and so every backend it forks, off the servers' CPU."""
    Peer("postgres", 0, server_pid).pin(cpus)


def _same_answers(peers: list[Peer], cases: list[Case], keys: Keys, token: str) -> None:
    """Both must tell the same numbers before either is timed: what the peer says is a part of what we say."""
    for case in cases:
        if case.writes:
            continue
        emitted, peer = peers
        ours = _ask(emitted, case.make(keys, token)[0])
        theirs = _ask(peer, case.peer(keys, token)[0])
        _contains(ours, theirs, case.name)


def _ask(peer: Peer, request: str) -> object:
    import http.client

    head, _, body = request.partition("\r\n\r\n")
    method, path, _ = head.splitlines()[0].split(" ")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=30)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise SystemExit(f"{peer.name}: {method} {path} answered {answer.status}: {text[:400]}")
    return json.loads(text)


def _contains(ours: object, theirs: object, where: str) -> None:
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), where
        for name, value in theirs.items():
            if name != "next_cursor":
                _contains(ours.get(name), value, f"{where}.{name}")
    elif isinstance(theirs, list):
        assert isinstance(ours, list) and len(ours) == len(theirs), f"{where}: {ours!r} is not {theirs!r}"
        key = [row.get("id") if isinstance(row, dict) else None for row in theirs]
        mine = {row.get("id"): row for row in ours if isinstance(row, dict)}
        for identity, value in zip(key, theirs, strict=True):
            _contains(mine.get(identity), value, f"{where}[{identity}]")
    elif _plain(ours) != _plain(theirs):
        raise SystemExit(f"{where}: the emitted service says {ours!r}, the hand-written one {theirs!r}")


def _plain(value: object) -> object:
    """Times are compared as times: one side writes `Z`, the other drops trailing zeros."""
    if isinstance(value, str) and TIME.match(value):
        return datetime.fromisoformat(value)
    return value


def _print_head() -> None:
    cpus = "servers on one CPU, PostgreSQL and the client on the other" if CPUS else "all on one CPU"
    print(
        f"{CONNECTIONS} connections, one worker each, {cpus}; row level security and inlined policy on in the emitted one"
    )
    print(f"{'case':<24} {'service':<22} {'req/s':>8} {'p99 ms':>8} {'cpu µs':>8} {'ratio':>7} {'least':>6}")


def _measure(
    case: Case, peers: list[Peer], keys: Keys, token: str, admin: str, options: argparse.Namespace
) -> None:
    cells: dict[str, list[Cell]] = {peer.name: [] for peer in peers}
    for peer in peers:
        _run(case, peer, keys, token, admin, min(2.0, options.seconds))  # warm
    for _ in range(options.rounds):
        for peer in peers:
            cells[peer.name].append(_run(case, peer, keys, token, admin, options.seconds))
    ratio = statistics.median(
        ours.rate / theirs.rate
        for ours, theirs in zip(cells[peers[0].name], cells[peers[1].name], strict=True)
    )
    for peer in peers:
        found = cells[peer.name]
        shown = f"{ratio:>6.1f}× {case.least:>5.0f}×" if peer is peers[0] else ""
        bad = sum(cell.bad for cell in found)
        print(
            f"{case.name if peer is peers[0] else '':<24} {peer.name:<22} {_median(found, 'rate'):>8,.0f}"
            f" {_median(found, 'p99'):>8.1f} {_median(found, 'cpu'):>8.0f} {shown}"
            + (f"  {bad} bad answers" if bad else ""),
            flush=True,
        )


def _median(cells: Sequence[Cell], name: str) -> float:
    return statistics.median(getattr(cell, name) for cell in cells)


def _run(case: Case, peer: Peer, keys: Keys, token: str, admin: str, seconds: float) -> Cell:
    requests = (case.make if peer.name.startswith("emitted") else case.peer)(keys, token)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as job:
        json.dump(
            {
                "port": peer.port,
                "requests": requests,
                "expected": case.expected,
                "connections": CONNECTIONS,
                "seconds": seconds,
            },
            job,
        )
        job.flush()
        before = peer.cpu_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load", job.name], cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
        cpu = peer.cpu_seconds() - before
    sample = Sample(**json.loads(done.stdout))
    if case.writes:
        asyncio.run(forget_created(admin))
    served = max(1, sample.requests)
    return Cell(sample.requests / sample.seconds, sample.p99, cpu / served * 1e6, sample.bad)


if __name__ == "__main__":
    main()
