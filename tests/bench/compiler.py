"""How long `bdc build` takes, and how much memory, for specifications of a given number of entities."""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.generated_spec import generated_spec


@dataclass(frozen=True)
class BuildCost:
    """Wall and CPU seconds of the whole process (formatters included), peak memory in MiB, files and lines written."""

    entities: int
    wall: float
    cpu: float
    memory: float
    files: int
    lines: int


def build_cost(entities: int, runs: int = 3) -> BuildCost:
    """Build from scratch `runs` times and return the median by wall time."""
    found = sorted((_build(entities) for _ in range(runs)), key=lambda cost: cost.wall)
    return found[len(found) // 2]


def _build(entities: int) -> BuildCost:
    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        spec, out = Path(scratch, "spec"), Path(scratch, "out")
        spec.mkdir()
        for name, text in generated_spec(entities).items():
            (spec / name).write_text(text, encoding="utf-8")
        wall, cpu, memory = _run([sys.executable, "-m", "bdc.cli", "build", str(spec), "--out", str(out)])
        made = [path for path in out.rglob("*") if path.is_file()]
        lines = sum(path.read_bytes().count(b"\n") for path in made)
        return BuildCost(entities, wall, cpu, memory, len(made), lines)


def _run(command: list[str]) -> tuple[float, float, float]:
    begun = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], command, dict(os.environ), file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begun
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
