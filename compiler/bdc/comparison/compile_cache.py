"""What a specification compiles to, kept between runs: compiling both sides takes longer than all the rest of a diff.

The key is the text of the files and the compiler itself; so what is kept is never stale, and may go at any time.
"""

import contextlib
import hashlib
import os
import pickle
from collections.abc import Callable, Sequence
from dataclasses import field
from importlib.util import find_spec
from pathlib import Path

from bdc.catalog import Database
from bdc.diagnostics import Diagnostic
from bdc.diagnostics.catalogue.analysis import TOLD_BY_COMPUTED
from bdc.diagnostics.catalogue.policy import UNREADABLE_REFERENCE
from bdc.ir import SystemIR
from bdc.source import SourceFile, user_cache
from bdc.source.records import dataclass

_PACKAGES = ("bdc", "bdc_emitters", "bdc_grammar", "bdc_specs")
_MOST_KEPT = 40
# What older releases accepted and `check` now refuses, although it can be lowered: a comparison goes on.
TOLERATED = frozenset({UNREADABLE_REFERENCE.code, TOLD_BY_COMPUTED.code})


@dataclass(frozen=True)
class Compiled:
    """`state` makes the database when it is asked for: a specification with mistakes has none."""

    system: SystemIR | None
    found: tuple[Diagnostic, ...]
    state: Callable[[], Database] = field(default=Database)


def compiled(files: Sequence[SourceFile]) -> Compiled:
    """Return the system of `files` and its database, from the user's cache when they are there."""
    folder = user_cache()
    file = folder / f"side-{_digest(files)}.pickle" if folder else None
    kept = _kept(file)
    if kept is not None:
        state = kept[1]
        return Compiled(kept[0], (), lambda: state)
    from bdc.pipeline import compile_system

    made = compile_system(files, tolerated=TOLERATED)
    system = made.system
    if system is None:
        return Compiled(None, made.diagnostics)
    return Compiled(system, made.diagnostics, lambda: _state(system, file, keep=not made.diagnostics))


def _state(system: SystemIR, file: Path | None, *, keep: bool) -> Database:
    from bdc.query import compile_queries
    from bdc.schema.state import physical_state

    state = physical_state(system, compile_queries(system))
    if file is not None and keep:
        with contextlib.suppress(OSError):
            _keep(file, pickle.dumps((system, state), protocol=pickle.HIGHEST_PROTOCOL))
    return state


def _kept(file: Path | None) -> tuple[SystemIR, Database] | None:
    """A file that was cut short can fail in any way that unpickling can; then it is as if there were none."""
    if file is None:
        return None
    with contextlib.suppress(Exception):
        system, state = pickle.loads(file.read_bytes())
        if isinstance(system, SystemIR) and isinstance(state, Database):
            os.utime(file)
            return system, state
    return None


def _keep(file: Path, data: bytes) -> None:
    """Write under another name first: another process may be reading. The oldest go when there are too many."""
    fresh = file.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_bytes(data)
    fresh.replace(file)
    kept = sorted(file.parent.glob("side-*.pickle"), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in kept[_MOST_KEPT:]:
        old.unlink(missing_ok=True)


def _digest(files: Sequence[SourceFile]) -> str:
    digest = hashlib.sha256(_compiler())
    for file in files:
        digest.update(f"{file.path}\0{len(file.text)}\0{file.text}".encode())
        for name, text in file.beside or ():
            digest.update(f"{name}\0{len(text)}\0{text}".encode())
    return digest.hexdigest()[:32]


def _compiler() -> bytes:
    """What the compiler is: its files by size and time."""
    digest = hashlib.sha256()
    for name in _PACKAGES:
        found = find_spec(name)
        for root in found.submodule_search_locations or () if found else ():
            for path, size, time in sorted(_stamps(root)):
                digest.update(f"{path}\0{size}\0{time}".encode())
    return digest.digest()


def _stamps(root: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    waiting = [root]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir() and entry.name != "__pycache__":
                    waiting.append(entry.path)
                elif entry.name.endswith((".py", ".bds", ".lark", ".j2", ".sql")):
                    state = entry.stat()
                    found.append((entry.path, state.st_size, state.st_mtime_ns))
    return found
