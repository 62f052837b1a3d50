"""One case, both services in turn, round by round."""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.cases import Case
from tests.bench.data import Keys, created, forget_created
from tests.bench.load import Sample
from tests.bench.peers import ROOT, Peer

CONNECTIONS = 32
LONGEST_WARMING = 2.0
CREATES_PER_SECOND = 8_000  # more than any service here reaches: no body is sent twice


@dataclass(frozen=True)
class Cell:
    """One service in one case and round: requests per second, p99 in ms, CPU per request in µs of the server and of PostgreSQL,
    answers that were not the expected ones."""

    rate: float
    p99: float
    cpu: float
    database: float
    bad: int


@dataclass(frozen=True)
class Finding:
    """A case in all rounds, by service: the emitted one first."""

    case: Case
    names: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios of requests per second."""
        ours, theirs = self.cells
        return statistics.median(mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True))

    @property
    def reached(self) -> bool:
        return self.ratio >= self.case.least

    @property
    def bad(self) -> int:
        return sum(cell.bad for cells in self.cells for cell in cells)

    def median(self, service: int, what: Callable[[Cell], float]) -> float:
        return statistics.median(what(cell) for cell in self.cells[service])


@dataclass(frozen=True)
class Bench:
    """What is measured: two services, the database under both, and how long."""

    peers: list[Peer]
    postgres: Peer
    keys: Keys
    token: str
    admin_url: str
    rounds: int
    seconds: float

    def measure(self, case: Case) -> Finding:
        """Warm both, then take turns."""
        if case.writes:
            asyncio.run(forget_created(self.admin_url))
        for peer in self.peers:
            self._run(case, peer, min(LONGEST_WARMING, self.seconds))
        rounds = [[self._run(case, peer, self.seconds) for peer in self.peers] for _ in range(self.rounds)]
        names = tuple(peer.name for peer in self.peers)
        return Finding(case, names, tuple(zip(*rounds, strict=True)))

    def _run(self, case: Case, peer: Peer, seconds: float) -> Cell:
        make = case.make if peer is self.peers[0] else case.peer
        count = int(seconds * CREATES_PER_SECOND) if case.writes else len(self.keys.orders)
        job = {
            "port": peer.port,
            "requests": make(self.keys, self.token, count),
            "expected": case.expected,
            "connections": CONNECTIONS,
            "seconds": seconds,
        }
        before = peer.cpu_seconds(), self.postgres.cpu_seconds()
        sample = load(job)
        used = peer.cpu_seconds() - before[0], self.postgres.cpu_seconds() - before[1]
        bad = sample.bad + (asyncio.run(self._lost(sample)) if case.writes else 0)
        served = max(1, sample.requests)
        cpu, database = (seconds_ / served * 1e6 for seconds_ in used)
        return Cell(sample.requests / sample.seconds, sample.p99, cpu, database, bad)

    async def _lost(self, sample: Sample) -> int:
        """Count the creates that were answered but are not in the database with both items; then remove all of them."""
        found = await created(self.admin_url)
        await forget_created(self.admin_url)
        return max(0, sample.requests - sample.bad - found)


def load(job: dict[str, object]) -> Sample:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(job, file)
        file.flush()
        command = [sys.executable, "-m", "tests.bench.load", file.name]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return Sample(**json.loads(done.stdout))
