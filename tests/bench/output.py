"""What a build writes and what it takes to start it: lines and bytes per plain entity, what is written for none, and the first answer."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bdc.stack.backend import free_port
from tests.support.generated_spec import generated_spec

FEW, MANY = 10, 20
SERVE = "--interface asgi --host 127.0.0.1 --workers 1 --loop uvloop --no-ws api.app:app"


@dataclass(frozen=True)
class OutputCost:
    """Lines and KB of a plain entity and of what is written for none, JSON counted as if it were indented. `start`: seconds to the first
    answer of a service of ten entities; `memory`: MiB of its processes then."""

    lines: float
    kilobytes: float
    fixed_lines: float
    fixed_kilobytes: float
    start: float
    memory: float


def output_cost(runs: int = 5) -> OutputCost:
    """Build two sizes, and start the smaller one `runs` times: the median counts."""
    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        few, many = (_built(Path(scratch), entities) for entities in (FEW, MANY))
        small, large = _size(few), _size(many)
        lines, size = ((b - a) / (MANY - FEW) for a, b in zip(small, large, strict=True))
        started = sorted(_started(few) for _ in range(runs))
        start, memory = started[runs // 2]
    fixed = (small[0] - FEW * lines, small[1] - FEW * size)
    return OutputCost(lines, size / 1000, fixed[0], fixed[1] / 1000, start, memory)


def _built(scratch: Path, entities: int) -> Path:
    spec, out = scratch / f"spec{entities}", scratch / f"out{entities}"
    spec.mkdir()
    for name, text in generated_spec(entities).items():
        (spec / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "bdc.cli", "build", str(spec), "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return out


def _size(out: Path) -> tuple[int, int]:
    files = [path for path in out.rglob("*") if path.is_file()]
    return sum(map(_lines, files)), sum(path.stat().st_size for path in files)


def _lines(path: Path) -> int:
    if path.suffix == ".gz":
        return 0
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        text = json.dumps(json.loads(text), indent=2)
    return len(text.splitlines())


def _started(out: Path) -> tuple[float, float]:
    """Start the service, without a database, and return the seconds to its first answer and the MiB of its processes."""
    port = free_port()
    environ = {**os.environ, "PYTHONPATH": str(out), "DATABASE_URL": "postgresql://none@127.0.0.1:1/none"}
    environ |= {"CURSOR_KEY": "x" * 32, "JWT_ISSUER": "bench", "JWKS_URL": str(out / "none.json")}
    command = [sys.executable, "-m", "granian", "--port", str(port), *SERVE.split()]
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=out,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _answers(port):
            if process.poll() is not None or time.perf_counter() - begun > 60:
                raise RuntimeError("the service does not start")
            time.sleep(0.005)
        return time.perf_counter() - begun, _memory(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _memory(pid: int) -> float:
    """Return the MiB that a process and its children hold."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    pages = [
        int(Path(f"/proc/{each}/statm").read_text(encoding="ascii").split()[1]) for each in (pid, *children)
    ]
    return sum(pages) * os.sysconf("SC_PAGESIZE") / 2**20
