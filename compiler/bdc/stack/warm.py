"""Services that start fast, for `bdc dev`: copies of a process that has imported what they need already.

A new service imports its own code while the old one still answers; only then does the old one end. One that does not import leaves the old one
serving.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from bdc.stack.backend import (
    APPLICATION,
    Backend,
    BackendSettings,
    backend_environment,
    refuse_failed_migration,
    serve_arguments,
    tail,
    wait_until_ready,
)
from bdc.stack.reach import StackError

_SEE_EVERY = 0.005


class Copy:
    """A process that another one started, with as much of `Popen` as a `Child` needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while it runs. How it ended is not known here."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(_SEE_EVERY)
        return 0

    def send_signal(self, number: int) -> None:
        """Send a signal; nothing where it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Warm:
    """The process that services are copied from. Use it as a context manager; it ends with this one."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("warm_process.py")
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C in the terminal is for the services
        )
        self._begun: int | None = None

    def begin(self, out: Path, settings: BackendSettings, log: Path) -> None:
        """Let the service that `serve` will start import its code from now on, beside whatever is done before."""
        self.forget()
        self._say(
            do="start",
            folder=str(out.resolve()),
            environment=backend_environment(settings),
            log=str(log.resolve()),
            arguments=serve_arguments(settings),
            application=APPLICATION,
        )
        self._begun = int(self._heard()[1])

    def forget(self) -> None:
        """End a service that was begun and is not served; nothing where there is none."""
        if self._begun is not None:
            self._say(do="stop", process=self._begun)
            self._begun = None

    def serve(
        self, out: Path, settings: BackendSettings, log: Path, *, stop_old: Callable[[], None]
    ) -> Backend:
        """Start the service in `out` and return when it answers; `stop_old` is called when its code has been imported. StackError when it
        cannot be imported (the old one was not stopped), or does not answer."""
        pid = self._imported(out, settings, log)
        stop_old()
        self._say(do="go", process=pid)
        backend = Backend(Copy(pid), f"http://{settings.host}:{settings.port}", log)
        try:
            wait_until_ready(backend)
        except BaseException:
            backend.stop()
            raise
        return backend

    def migrate(self, out: Path, settings: BackendSettings) -> str:
        """Do what `backend.migrate` does, without a start of Python."""
        with tempfile.TemporaryDirectory(prefix="bdc-migrate-") as scratch:
            log = Path(scratch) / "log"
            self._say(
                do="run",
                folder=str(out.resolve()),
                environment=backend_environment(settings) | {"MIGRATION_DATABASE_URL": settings.admin_url},
                log=str(log),
                module="database.migrate",
                arguments=["up", "--all"],
            )
            code = int(self._heard()[1])
            told = log.read_text(encoding="utf-8", errors="replace")
        refuse_failed_migration(code, told)
        return told

    def _heard(self) -> tuple[str, str]:
        """Return the answer to the last command. StackError where there is none."""
        assert self._process.stdout is not None
        said, _, value = self._process.stdout.readline().partition(" ")
        if not value:
            raise StackError("the process that services are started from has ended")
        return said, value

    def _imported(self, out: Path, settings: BackendSettings, log: Path) -> int:
        if self._begun is None:
            self.begin(out, settings, log)
        self._say(do="await", process=self._begun)
        said, process = self._heard()
        if said != "ready":
            self.forget()
            raise StackError(f"the service cannot be imported, the last good one keeps running:\n{tail(log)}")
        self._begun = None
        return int(process)

    def _say(self, **command: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
