"""What the emitted service adds to a get: its CPU beside that of Granian and asyncpg alone, with the same statement on the same rows.

CPU per request depends on the machine and on what else it does; the difference of two services that take short turns does so less.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bdc.stack.backend import BackendSettings, backend_environment, free_port, serve_arguments
from tests.bench.answers import compare
from tests.bench.cases import CASES, GET
from tests.bench.data import CALLER, ORG
from tests.bench.measure import Finding
from tests.bench.peers import ROOT, Ending, Peer, wait
from tests.bench.stage import POOL, stage

TURN = 1.0  # seconds: short, so that both meet the same machine
BARE = "tests.bench.handwritten.bare:app"
# Runs in the output: the statements that its service runs for a manager, and the claims that come first among their parameters.
_STATEMENTS = """
import asyncio, json, sys
from api.graphql.engine.documents import Documents
from api.graphql.engine.schema_text import read_schema
from api.routes import ROUTES
from services.data import resources
from services.data.engine import reads
from services.data.statements import COMPOSER
from services.security.identity import CLAIMS
roles = frozenset({"manager"})
settings = next(route for route in ROUTES if route.path == "/graphql").endpoint.__self__._settings
document = asyncio.run(Documents(read_schema(), settings, introspection=False).read(sys.argv[1]))
plan = document.operation(None).plan({"id": sys.argv[2]}, None)
found = {"get": reads.row_statement(resources.ORDER, (), 1, roles).sql, "graphql": COMPOSER.document(plan.segments[0].roots, roles).sql}
print(json.dumps(found | {"claims": [rule.source for rule in CLAIMS]}))
"""


def bench_floor(rounds: int, seconds: float) -> int:
    """Measure both and print; return 1 when they do not answer the same."""
    turns = max(3, round(rounds * seconds / TURN))
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bdc-bench-")))
        scratch.chmod(0o755)
        bench = stage(scratch, stack, turns, TURN, start_bare)
        print(
            "what the service adds to a get: CPU of its process per request, µs (lowest of the turns, median)"
        )
        for case in CASES:
            if case.name in ("get by key", "GraphQL get"):
                case = replace(case, peer=case.make)
                compare(bench.peers, case, bench.keys, bench.token)
                found = bench.measure(case)
                _print(found)
                if found.bad:
                    print(f"WRONG ANSWERS: {case.name}: {found.bad}")
                    return 1
    print()
    return 0


def _print(found: Finding) -> None:
    ours, bare = ([cell.cpu for cell in cells] for cells in found.cells)
    added = statistics.median(mine - other for mine, other in zip(ours, bare, strict=True))
    print(
        f"{found.case.name:>12}   emitted {min(ours):.0f}, {statistics.median(ours):.0f}"
        f"   Granian and asyncpg alone {min(bare):.0f}, {statistics.median(bare):.0f}   added {added:.0f}",
        flush=True,
    )


def start_bare(out: Path, settings: BackendSettings, log: Path) -> tuple[Peer, Ending]:
    """Start the service that does nothing else, with what the emitted service of `out` runs."""
    settings = replace(settings, port=free_port())
    key = "00000000-0000-7000-8000-000000000001"
    command = [sys.executable, "-c", _STATEMENTS, GET, key]
    done = subprocess.run(
        command, cwd=out, env=backend_environment(settings), stdout=subprocess.PIPE, check=True
    )
    told = json.loads(done.stdout)
    values = {"sub": str(CALLER), "org": str(ORG), "roles": "manager"}
    identity = [*(values[source] for source in told.pop("claims")), "bench"]
    environment = backend_environment(settings) | {
        "BARE": json.dumps({**told, "identity": identity}),
        "POOL": POOL,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", *serve_arguments(settings), BARE],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    wait(settings.port, process, log)
    return Peer("Granian and asyncpg", settings.port, process.pid), Ending(process)
