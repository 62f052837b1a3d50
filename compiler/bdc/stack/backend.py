"""The processes of a built backend: its migration, then its server, both run as the emitted project would run them.

What comes in: a folder that `bdc build` wrote, a database, development keys. What goes out: a running service and its URL.
Nothing here imports emitted code: it is started as a stranger would start it, so that what works here works there.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bdc.source.records import dataclass
from bdc.stack.reach import StackError

_STARTED_WITHIN = 120.0  # a small container takes its time
_STOPPED_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """What the emitted project is told by its environment. `admin_url` may create roles; `runtime_url` logs in as the
    runtime role and owns nothing."""

    admin_url: str
    runtime_url: str
    environment: Mapping[str, str]
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1


# Waits for its standard input to close, which happens when the process that started it dies, however it dies.
_WATCHDOG = 'read -r _; kill -TERM "$1" 2>/dev/null'


class Process(Protocol):
    """What is asked of a running process: the part of `Popen` that is used here."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...

    def kill(self) -> None: ...


class Child:
    """A running process. Use it as a context manager, or call `stop`; it also ends when this process dies."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._watchdog = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHDOG, "watchdog", str(process.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is for the service, not for who watches it
        )

    def wait(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        return self.process.wait()

    def stop(self) -> None:
        """Ask it to finish what it does and end; calling it again does nothing."""
        self._watchdog.kill()
        self._watchdog.communicate()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Backend(Child):
    """A running service."""

    def __init__(self, process: Process, url: str, log: Path) -> None:
        super().__init__(process)
        self.url = url
        self.log = log


# As in the emitted Dockerfile: idle and unfinished connections are many and cheap, and must not keep others out.
_LIMITS = (
    "--backlog", "4096", "--backpressure", "16384", "--http1-header-read-timeout", "10000",
    "--http1-buffer-size", "65536",
)  # fmt: skip
APPLICATION = "api.app:app"
_ROWS_IN_THE_WAY = 6  # as the emitted command says it


class RowsRefused(StackError):
    """Rows do not allow a migration, and nothing was changed."""


def migrate(out: Path, settings: BackendSettings, *, seed: bool) -> str:
    """Run the emitted project's own migration command; return what it printed. StackError carries its words, RowsRefused those about
    rows that do not allow it."""
    command = [sys.executable, "-m", "database.migrate", "up", "--all", *(["--seed"] if seed else [])]
    done = subprocess.run(
        command,
        cwd=out,
        env=backend_environment(settings) | {"MIGRATION_DATABASE_URL": settings.admin_url},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    refuse_failed_migration(done.returncode, done.stderr or done.stdout)
    return done.stdout


def refuse_failed_migration(code: int, told: str) -> None:
    """Raise StackError, or RowsRefused, with what a migration said that ended with `code`; nothing where that is 0."""
    if code != 0:
        kind = RowsRefused if code == _ROWS_IN_THE_WAY else StackError
        raise kind(f"the migration failed:\n{told.strip()}")


def serve(out: Path, settings: BackendSettings, log: Path) -> Backend:
    """Start the service and return when it answers. StackError when its port is taken or it ends before it answers."""
    refuse_taken_port(settings.host, settings.port)
    command = [sys.executable, "-m", "granian", *serve_arguments(settings), APPLICATION]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=out, env=backend_environment(settings), stdout=output, stderr=subprocess.STDOUT
        )
    backend = Backend(process, f"http://{settings.host}:{settings.port}", log)
    try:
        wait_until_ready(backend)
    except BaseException:
        backend.stop()
        raise
    return backend


def serve_arguments(settings: BackendSettings) -> list[str]:
    """Return what the server is told, without the application."""
    return [
        "--interface", "asgi", "--host", settings.host, "--port", str(settings.port),
        "--workers", str(settings.workers), "--loop", "uvloop", "--no-ws", "--log-level", "warning", *_LIMITS,
    ]  # fmt: skip


def keep_fresh(out: Path, settings: BackendSettings, views: Mapping[str, int], log: Path) -> Child:
    """Start what refreshes materialized views: name in SQL → seconds between."""
    command = [
        sys.executable, "-m", "database.refresh", *(f"{view}={every}" for view, every in views.items())
    ]  # fmt: skip
    environment = backend_environment(settings) | {"MIGRATION_DATABASE_URL": settings.admin_url}
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=out, env=environment, stdout=output, stderr=subprocess.STDOUT)
    return Child(process)


def run_jobs(out: Path, settings: BackendSettings, log: Path) -> Child:
    """Start the worker of the emitted project."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.worker"],
            cwd=out,
            env=backend_environment(settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Child(process)


def relay(out: Path, settings: BackendSettings, log: Path) -> Child:
    """Start what delivers events to subscribers."""
    command = [sys.executable, "-m", "services.relay"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=out, env=backend_environment(settings), stdout=output, stderr=subprocess.STDOUT
        )
    return Child(process)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise StackError when something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StackError(
                f"port {port} is in use ({error.strerror}): stop what listens there, or give --port"
            ) from error


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nothing listens on at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def backend_environment(settings: BackendSettings) -> dict[str, str]:
    """Return the environment of processes of the emitted project."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **inherited,
        "PYTHONPATH": ".",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "DATABASE_URL": settings.runtime_url,
        **settings.environment,
    }


def wait_until_ready(backend: Backend) -> None:
    """Return when the service answers. StackError when it ends before, or takes too long."""
    deadline = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < deadline:
        if backend.process.poll() is not None:
            raise StackError(f"the service ended before it answered:\n{tail(backend.log)}")
        try:
            with urllib.request.urlopen(f"{backend.url}/readyz", timeout=10) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.005)
    raise StackError(f"the service did not become ready in {_STARTED_WITHIN:.0f} s:\n{tail(backend.log)}")


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
