"""A PostgreSQL server that lives as long as it is used."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from bdc.stack.cluster import (
    SUPERUSER,
    extension_path,
    is_running_on,
    password_of,
    place_of,
    plain_environment,
    prepare,
    temporary_place,
)
from bdc.stack.programs import programs
from bdc.stack.reach import StackError, SystemUser, usable_home

_HOST = "127.0.0.1"
_READY_WITHIN = 120.0
_STOPPED_WITHIN = 15.0
_ATTEMPTS = 3

# The watchdog: it waits for its standard input to close, which happens when the process that started it calls `stop` or
# dies, however it dies; then it ends the server. $1 is the signal.
_WATCHDOG = (
    'signal=$1; shift; "$@" & server=$!; read -r _; kill -"$signal" "$server" 2>/dev/null; wait "$server"'
)

_COMMON = {
    "listen_addresses": _HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "128MB",
}
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class Server:
    """A running server. Use it as a context manager, or call `stop`; it also ends when this process dies."""

    def __init__(
        self, data_dir: Path, port: int, password: str, process: subprocess.Popen[bytes], temporary: bool
    ) -> None:
        self.data_dir = data_dir
        self.port = port
        self._password = password
        self._process = process
        self._temporary = temporary

    def url(self, user: str, database: str = "postgres", password: str = "") -> str:
        """Return a URL for `user` on `database`. Only the superuser needs a password; it is filled in."""
        secret = self._password if user == SUPERUSER else password
        return server_url(self.port, user, database, secret)

    @property
    def pid(self) -> int:
        """The process that everything of this server descends from."""
        return self._process.pid

    @property
    def superuser_url(self) -> str:
        return self.url(SUPERUSER)

    @property
    def log(self) -> str:
        """What the server has written so far."""
        return (self.data_dir / "server.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End the server (and remove a temporary data directory). Calling it again does nothing."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(_STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            kill_group(self._process.pid)
            self._process.wait()
        if self._temporary:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    data_dir: Path | None = None,
    *,
    durable: bool | None = None,
    made_by: Callable[[Path, SystemUser], str] | None = None,
) -> Server:
    """Start PostgreSQL 18 on a free loopback port and return when it accepts connections.

    Without `data_dir` the data is temporary and removed by `stop`. `durable` (the default for a given `data_dir`) survives
    a power cut; otherwise nothing is synced to disk. `made_by` makes a temporary cluster by other means than `initdb`, and returns the
    superuser's password. StackError says what is missing or in the way.
    """
    temporary = data_dir is None
    usable_home()
    place, user = temporary_place() if data_dir is None else place_of(data_dir)
    keeps = durable if durable is not None else not temporary
    try:
        quickly = made_by if temporary and not keeps else None
        password = quickly(place, user) if quickly is not None else prepare(place, user, keeps)
        process, port = _launch(place, user, keeps)
    except BaseException:
        if temporary:
            shutil.rmtree(place, ignore_errors=True)
        raise
    return Server(place, port, password, process, temporary)


def running_url(data_dir: Path, user: str, database: str) -> str | None:
    """Return the URL of the server that runs on `data_dir`, whichever process started it; None when none does."""
    place = data_dir.resolve()
    lines = _lines(place / "postmaster.pid")
    if len(lines) < 8 or lines[7].strip() != "ready" or not is_running_on(place, lines[0].strip()):
        return None
    password = password_of(place) if user == SUPERUSER else ""
    return server_url(int(lines[3]), user, database, password)


def server_url(port: int, user: str, database: str, password: str) -> str:
    """Return the URL of a server on this machine."""
    secret = f":{quote(password, safe='')}" if password else ""
    return f"postgresql://{quote(user, safe='')}{secret}@{_HOST}:{port}/{quote(database, safe='')}"


def _launch(data_dir: Path, user: SystemUser, durable: bool) -> tuple[subprocess.Popen[bytes], int]:
    """Start on a free port; another process may take the port first, so try again a few times."""
    for _ in range(_ATTEMPTS):
        port = _free_port()
        said = _size(data_dir / "server.log")
        process = _spawn(data_dir, user, durable, port)
        if _ready(data_dir, process, said):
            return process, port
        if "Address already in use" not in (data_dir / "server.log").read_text(
            encoding="utf-8", errors="replace"
        ):
            break
    raise StackError(
        f"PostgreSQL did not start; its last words are in {data_dir / 'server.log'}:\n{_tail(data_dir)}"
    )


def _spawn(data_dir: Path, user: SystemUser, durable: bool, port: int) -> subprocess.Popen[bytes]:
    settings = _COMMON | ({} if durable else _FAST) | {"port": str(port)}
    found = extension_path(data_dir, user)
    settings |= {"extension_control_path": found} if found is not None else {}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs(user) / "postgres"), "-D", str(data_dir), *options]
    # SIGINT is PostgreSQL's fast shutdown; SIGQUIT leaves at once, which is right when the data is thrown away.
    ending = "INT" if durable else "QUIT"
    with (data_dir / "server.log").open("ab") as log:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
            ["/bin/sh", "-c", _WATCHDOG, "watchdog", ending, *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            env=plain_environment(),
            start_new_session=True,  # a Ctrl-C in the terminal must reach the caller first
            **user.spawn,
        )


def _ready(data_dir: Path, process: subprocess.Popen[bytes], said: int) -> bool:
    """Wait until the server says so in its lock file; False when it has gone or takes too long (then it is killed). `said`: how
    much of the log is an earlier server's."""
    lock = data_dir / "postmaster.pid"
    deadline = time.monotonic() + _READY_WITHIN
    appeared = False
    while time.monotonic() < deadline:
        lines = _lines(lock)
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return True
        if appeared and not lines:
            break
        appeared = appeared or bool(lines)
        if not appeared and b"FATAL" in (data_dir / "server.log").read_bytes()[said:]:
            break
        time.sleep(0.01)
    kill_group(process.pid)
    process.wait()
    return False


def _size(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _lines(path: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").splitlines()
    return []


def _tail(data_dir: Path) -> str:
    return "\n".join(_lines(data_dir / "server.log")[-8:])


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def kill_group(pid: int) -> None:
    """Kill a process and all that it started, if any of them is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
