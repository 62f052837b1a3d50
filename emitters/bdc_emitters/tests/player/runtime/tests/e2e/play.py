"""Plays the scenarios of `play.json` against the service, and prints what each came to, as lines of JSON.

Started by `bdc test` alone: python -m tests.e2e.play [NAME…]. The server is embedded and thrown away; its clock can be set.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.e2e.clock import Clock, prepare
from tests.e2e.player import Missed, Player
from tests.support.backend import Backend, running_backend
from tests.support.matrix import load_matrix
from tests.support.server import start

DOCUMENT = Path(__file__).parent / "play.json"
ROOT = Path(__file__).resolve().parents[2]
Data = dict[str, Any]


def main(names: list[str]) -> None:
    """Play the scenarios called `names`, all without any, one line each."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    chosen = [each for each in document["scenarios"] if not names or each["name"] in names]
    skipped = [each for each in chosen if "skip" in each]
    for each in skipped:
        _tell({"name": each["name"], "at": each["at"], "status": "skipped", "reason": each["skip"]})
    if len(skipped) < len(chosen):
        with tempfile.TemporaryDirectory() as scratch, start() as server:
            if document["clock"]:
                prepare(server.superuser_url)
            with running_backend(Path(scratch), load_matrix().document, server.superuser_url) as backend:
                for found in _played(backend, document, [each for each in chosen if "skip" not in each]):
                    _tell(found)


def _played(backend: Backend, document: Data, scenarios: list[Data]) -> Iterator[Data]:
    clock = Clock(backend.database, document["clock"])
    for scenario in scenarios:
        begun = time.perf_counter()
        found = _play(backend, clock, document, scenario)
        yield {"name": scenario["name"], "seconds": round(time.perf_counter() - begun, 3), **found}


def _play(backend: Backend, clock: Clock, document: Data, scenario: Data) -> Data:
    """Return `status`, and of a failure the place, what was expected and what came."""
    clock.reset()
    backend.database.run(_with_seeds(backend))
    player = Player(backend, clock, jobs=document["jobs"])
    player.begin()
    for step in scenario["steps"]:
        try:
            player.step(step)
        except Missed as missed:
            failure = {"expected": missed.expected, "got": missed.got}
            return {"status": "failed", "at": step["at"], "kind": step["kind"], **failure}
    return {"status": "passed", "at": scenario["at"]}


async def _with_seeds(backend: Backend) -> None:
    """Let the tables hold the seeds alone."""
    admin = backend.database.admin
    names = await admin.fetch(
        "select format('%I.%I', n.nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where relkind in ('r', 'p') and n.nspname = 'public'"
    )
    if names:
        await admin.execute(f"truncate {', '.join(row['name'] for row in names)} cascade")
    for seed in sorted((ROOT / "database" / "seeds").glob("*.sql")):
        await admin.execute(seed.read_text(encoding="utf-8"))


def _tell(found: Data) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
