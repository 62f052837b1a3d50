"""The migration command of a built backend, run as its user would run it, against the database that he means.

What comes in: a folder that `bdc build` wrote, or a specification that `bdc up` built; a URL, or none. What goes out: what the
command said, and its exit code. Nothing here imports emitted code.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bdc.source.records import dataclass
from bdc.stack.cluster import SUPERUSER
from bdc.stack.reach import StackError
from bdc.stack.server import running_url, start
from bdc.stack.workspace import Workspace

RUNNER = Path("database/migrate.py")


@dataclass(frozen=True, slots=True)
class Place:
    """A built backend, and the workspace of the `bdc up` that built it, if one did."""

    out: Path
    workspace: Workspace | None


def find_backend(path: Path) -> Place | None:
    """Return the backend in `path`, or the one that `bdc up` has built for the specification there; None when there is none."""
    if (path / RUNNER).is_file():
        return Place(path, None)
    workspace = Workspace(path if path.is_dir() else path.parent)
    return Place(workspace.backend, workspace) if (workspace.backend / RUNNER).is_file() else None


@contextmanager
def database_of(place: Place, url: str | None) -> Iterator[str | None]:
    """Yield the database that is meant: `url`; else what the environment names (None: the command reads it); else the embedded
    one of `bdc up`, started when it does not run. StackError when there is none."""
    if url or os.environ.get("MIGRATION_DATABASE_URL") or os.environ.get("MIGRATION_DATABASE_URL_FILE"):
        yield url
        return
    state = place.workspace.load() if place.workspace else None
    if place.workspace is None or state is None:
        raise StackError("no database is named: give --db URL, or set MIGRATION_DATABASE_URL")
    running = running_url(place.workspace.postgres, SUPERUSER, state.system)
    if running is not None:
        yield running
        return
    with start(place.workspace.postgres) as server:
        yield server.url(SUPERUSER, state.system)


def run_command(out: Path, url: str | None, arguments: Sequence[str]) -> int:
    """Run `python -m database.migrate` with `arguments` in `out`, on our own terminal; return its exit code."""
    return subprocess.run(_command(arguments), cwd=out, env=_environment(url), check=False).returncode


def heard(out: Path, url: str | None, arguments: Sequence[str]) -> tuple[int, list[str], str]:
    """Run it; return its exit code, the lines that it printed, and its complaints."""
    done = _done(out, url, arguments)
    return done.returncode, done.stdout.splitlines(), done.stderr.strip().removeprefix("error: ")


def captured(out: Path, url: str, arguments: Sequence[str]) -> tuple[int, str]:
    """Run it; return its exit code and what it said: its complaints when it failed."""
    done = _done(out, url, arguments)
    return done.returncode, done.stderr if done.returncode else done.stdout


def _done(out: Path, url: str | None, arguments: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        _command(arguments),
        cwd=out,
        env=_environment(url),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "database.migrate", *arguments]


def _environment(url: str | None) -> dict[str, str]:
    found = {**os.environ, "PYTHONPATH": ".", "PYTHONUTF8": "1"}
    if url:
        found.pop("MIGRATION_DATABASE_URL_FILE", None)
        found["MIGRATION_DATABASE_URL"] = url
    return found
