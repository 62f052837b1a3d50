"""How long it takes to say what has to be done."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bdc.catalog import Column, Database
from bdc.pipeline import compile_system
from bdc.plan import plan
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from tests.support.generated_spec import generated_spec

_BASE = 2  # tables of the generated specification beside its things


def plan_seconds(tables: int, runs: int = 7) -> float:
    """Return the median time in which two states are compared and the way from one to the other is planned."""
    old = state(tables)
    new = _with_a_column(old)
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        planned = plan(old, new)
        taken.append(time.perf_counter() - begun)
        assert planned.operations and not planned.refusals
    return statistics.median(taken)


def state(tables: int) -> Database:
    """Return the database of a specification with about that many tables, those that every system has included."""
    texts = generated_spec(tables - _BASE)
    system = compile_system([SourceFile(name, text) for name, text in texts.items()]).system
    assert system is not None
    return physical_state(system, compile_queries(system, True))


def _with_a_column(old: Database) -> Database:
    table = next(each for each in old.tables if each.name.name == "thing1")
    wider = table.model_copy(update={"columns": (*table.columns, Column(name="extra", type="text"))})
    return old.model_copy(update={"tables": tuple(wider if each is table else each for each in old.tables)})


def cold(entities: int, runs: int = 3) -> float:
    """Return the median time of `bdc diff` between two folders that differ by a field, as a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        old, new = Path(scratch, "old"), Path(scratch, "new")
        for folder in (old, new):
            folder.mkdir()
            for name, text in generated_spec(entities).items():
                more = text.replace("  note: text?\n", "  note: text?\n  extra: text?\n", 1)
                (folder / name).write_text(more if folder == new else text, encoding="utf-8")
        command = [sys.executable, "-m", "bdc.cli", "diff", str(old), str(new)]
        return statistics.median(_run(command) for _ in range(runs))


def _run(command: list[str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - begun
