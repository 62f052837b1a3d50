"""What is measured, set up: the shop built, one database filled, both services started on it."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit
from bdc.stack import start
from bdc.stack.backend import BackendSettings, free_port, migrate
from bdc.stack.keys import development_keys
from bdc.stack.up import UpOptions, service_settings
from tests.bench.data import CALLER, ORG, fill
from tests.bench.measure import Bench
from tests.bench.peers import ROOT, Peer, start_emitted, start_handwritten, two_cpus

CPUS = two_cpus()  # asked before this process keeps itself to one of them
POOL = "10"


Start = Callable[[Path, BackendSettings, Path], tuple[Peer, AbstractContextManager[object]]]


def by_hand(out: Path, settings: BackendSettings, log: Path) -> tuple[Peer, AbstractContextManager[object]]:
    """Start the hand-written service on the database of the emitted one."""
    told = {name: settings.environment[name] for name in ("JWKS_URL", "JWT_ISSUER")}
    return start_handwritten(settings.admin_url, {**told, "POOL": POOL}, log)


def stage(scratch: Path, stack: ExitStack, rounds: int, seconds: float, other: Start = by_hand) -> Bench:
    """Return what can be measured: the emitted service, and beside it what `other` starts. `stack` ends it."""
    project, system = compile_or_exit(ROOT / "examples/shop", "human")
    out = scratch / "out"
    build(project, system, out)
    server = stack.enter_context(start())
    limits = (("LIMITS_RATE", "0"), ("DATABASE_POOL_SIZE", POOL))
    options = UpOptions(port=free_port(), durable=False, environment=limits)
    signing = development_keys(scratch / "keys")
    settings = service_settings(system, server.superuser_url, signing, options)
    migrate(out, settings, seed=False)
    keys = asyncio.run(fill(settings.admin_url))
    issuer = settings.environment["JWT_ISSUER"]
    claims = {"sub": str(CALLER), "org": str(ORG), "roles": ["manager"]}
    token = signing.mint(claims, issuer=issuer, audience="shop", lifetime=36000)
    postgres = Peer("PostgreSQL", 0, server.pid)
    pin_postgres(postgres)
    emitted, ending = start_emitted(out, settings, scratch / "emitted.log")
    stack.enter_context(ending)
    peer, ending = other(out, settings, scratch / "peer.log")
    stack.enter_context(ending)
    if CPUS:
        for each in (emitted, peer):
            each.pin(CPUS[0])
    return Bench([emitted, peer], postgres, keys, token, settings.admin_url, rounds, seconds)


def pin_postgres(postgres: Peer) -> None:
    """Keep the postmaster, and so every backend it forks, and this process off the servers' CPU."""
    if CPUS:
        postgres.pin(CPUS[1])
        os.sched_setaffinity(0, CPUS[1])
