"""Transfers under contention: 64 callers, accounts drawn by Zipf's law (α = 1.5), both services on one database.

What comes out is requests per second side by side, and whether a cent was lost: the sum of all balances and one posting per answer.
"""

import asyncio
import random
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import asyncpg

from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit
from bdc.stack import start
from bdc.stack.backend import free_port, migrate
from bdc.stack.keys import development_keys
from bdc.stack.up import UpOptions, service_settings
from tests.bench.cases import request
from tests.bench.load import Sample
from tests.bench.measure import load
from tests.bench.peers import ROOT, Peer, start_emitted, start_handwritten
from tests.bench.stage import CPUS, POOL, pin_postgres

ACCOUNTS, CONNECTIONS, ALPHA, LEAST = 1_000, 64, 1.5, 3.0
CALLER = "00000000-0000-7000-8000-000000000002"
_ROWS = f"""
insert into holder (id, name) values ('{CALLER}', 'Bench');
insert into account (id, owner_id, balance)
  select ('00000001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '{CALLER}', 1000000
  from generate_series(1, {ACCOUNTS}) n;
"""


@dataclass(frozen=True)
class Transfers:
    peers: tuple[Peer, Peer]
    admin_url: str
    token: str


def bench_transfers(rounds: int, seconds: float) -> int:
    """Measure and print; return 1 where an answer was wrong or money was lost."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bdc-bench-")))
        scratch.chmod(0o755)
        bench = _stage(scratch, stack)
        for peer in bench.peers:
            _run(bench, peer, 1.0)
        found = [[_run(bench, peer, seconds) for peer in bench.peers] for _ in range(rounds)]
        lost = asyncio.run(
            _lost(bench.admin_url, sum(each.requests - each.bad for row in found for each in row))
        )
    return _print(bench, found, lost)


def _stage(scratch: Path, stack: ExitStack) -> Transfers:
    project, system = compile_or_exit(ROOT / "tests/systems/exchange", "human")
    out = scratch / "out"
    build(project, system, out)
    server = stack.enter_context(start())
    limits = (("LIMITS_RATE", "0"), ("DATABASE_POOL_SIZE", POOL))
    options = UpOptions(port=free_port(), durable=False, environment=limits)
    signing = development_keys(scratch / "keys")
    settings = service_settings(system, server.superuser_url, signing, options)
    migrate(out, settings, seed=False)
    asyncio.run(_execute(settings.admin_url, _ROWS))
    issuer = settings.environment["JWT_ISSUER"]
    token = signing.mint(
        {"sub": CALLER, "roles": ["holder"]}, issuer=issuer, audience="exchange", lifetime=36000
    )
    pin_postgres(Peer("PostgreSQL", 0, server.pid))
    emitted, ending = start_emitted(out, settings, scratch / "emitted.log")
    stack.enter_context(ending)
    environment = {"JWKS_URL": str(signing.jwks), "JWT_ISSUER": issuer, "POOL": POOL}
    peer, ending = start_handwritten(
        settings.admin_url, environment, scratch / "peer.log", "tests.bench.handwritten.transfers:app"
    )
    stack.enter_context(ending)
    for each in (emitted, peer) if CPUS else ():
        each.pin(CPUS[0] if CPUS else set())
    return Transfers((emitted, peer), settings.admin_url, token)


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _run(bench: Transfers, peer: Peer, seconds: float) -> Sample:
    job = {
        "port": peer.port,
        "requests": _requests(bench.token),
        "expected": 200,
        "connections": CONNECTIONS,
        "seconds": seconds,
    }
    return load(job)


def _requests(token: str) -> list[str]:
    """Both accounts of a transfer are drawn by the same law, the same for both services."""
    chance = random.Random(1)
    weights = list(accumulate(1 / rank**ALPHA for rank in range(1, ACCOUNTS + 1)))
    found = []
    for _ in range(4_000):
        origin, goal = (_key(1 + each) for each in chance.choices(range(ACCOUNTS), cum_weights=weights, k=2))
        body = {"to_id": goal, "amount": "0.01"}
        found.append(request("POST", f"/v1/accounts/{origin}/transfer", token, body))
    return found


def _key(number: int) -> str:
    return f"00000001-0000-7000-8000-{number:012x}"


async def _lost(url: str, answered: int) -> Decimal:
    """Return how many units of money are missing; raise where an answered transfer has no posting."""
    connection = await asyncpg.connect(url)
    try:
        total = await connection.fetchval("select sum(balance) from account")
        posted = await connection.fetchval("select count(*) from posting")
    finally:
        await connection.close()
    if posted < answered:
        raise RuntimeError(f"{answered} transfers were answered, {posted} postings are there")
    return Decimal(ACCOUNTS) * 1_000_000 - Decimal(total)


def _print(bench: Transfers, found: list[list[Sample]], lost: Decimal) -> int:
    ratio = statistics.median(ours.requests / theirs.requests for ours, theirs in found)
    bad = sum(each.bad for row in found for each in row)
    print(f"transfers, {CONNECTIONS} callers, {ACCOUNTS} accounts, Zipf α = {ALPHA} (medians)")
    for index, peer in enumerate(bench.peers):
        rate = statistics.median(row[index].requests / row[index].seconds for row in found)
        p99 = statistics.median(row[index].p99 for row in found)
        print(f"{peer.name:<24} {rate:>8,.0f} req/s  p99 {p99:>7.1f} ms")
    print(f"{ratio:.1f}× (aim {LEAST:.0f}×), lost: {lost}, wrong answers: {bad}\n", flush=True)
    return 1 if lost or bad else 0
