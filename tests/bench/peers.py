"""The two servers, each one worker on its own CPU; PostgreSQL and the client share the other."""

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bdc.stack.backend import BackendSettings, free_port, serve

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Peer:
    """A server under test. CPU is what its processes have used, in seconds."""

    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        ticks = sum(_ticks(pid) for pid in (self.pid, *_children(self.pid)))
        return ticks / os.sysconf("SC_CLK_TCK")

    def pin(self, cpus: set[int]) -> None:
        """Keep the server, and every thread it has, on `cpus`."""
        for pid in (self.pid, *_children(self.pid)):
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), cpus)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _children(pid: int) -> tuple[int, ...]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_children(int(child))]
    return tuple(found)


def two_cpus() -> tuple[set[int], set[int]] | None:
    """The CPU of the servers and that of everything else; None where there is only one, or no way to choose."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    cpus = sorted(os.sched_getaffinity(0))
    return ({cpus[0]}, set(cpus[1:])) if len(cpus) > 1 else None


def start_emitted(
    out: Path, settings: BackendSettings, log: Path
) -> tuple[Peer, AbstractContextManager[object]]:
    backend = serve(out, settings, log)
    return Peer("emitted by bdc", settings.port, backend.process.pid), backend


def start_handwritten(
    admin_url: str, environment: dict[str, str], log: Path, app: str = "tests.bench.handwritten.app:app"
) -> tuple[Peer, AbstractContextManager[object]]:
    """uvicorn with uvloop and httptools, one worker, a pool of ten: the same as the emitted service has."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", app, "--port", str(port), "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    url = admin_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment, "DATABASE_URL": url},
            stdout=output,
            stderr=output,
        )
    wait(port, process, log)
    return Peer("FastAPI + SQLAlchemy", port, process.pid), Ending(process)


class Ending(nullcontext[None]):
    """Ends a process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self.process = process

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)


def wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when a service answers. RuntimeError with its last words when it does not."""
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the hand-written service ended: {log.read_text(errors='replace')[-2000:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the hand-written service did not start")
