"""What OLD and NEW may be: a file or a folder, `git:REV[:path]`, an output folder (its last migration), `db:URL`."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from bdc.catalog import Database
from bdc.comparison.compile_cache import Compiled, compiled
from bdc.comparison.errors import BrokenMigrations, NoBase, UnreadableDatabase, UnreadableRevision
from bdc.diagnostics import Diagnostic, DiagnosticSink, Fact
from bdc.ir import SystemIR
from bdc.source import SourceFile
from bdc.source.records import dataclass

GIT, DB = "git:", "db:"


@dataclass(frozen=True)
class Snapshot:
    """`label`: as it is shown. `system` is None for a live database; `state` is what the database is (a live one is spelled as
    PostgreSQL does). `files` for code frames, `root` where approvals stand; `found`: warnings of its specification."""

    label: str
    system: SystemIR | None
    live: bool = False
    files: tuple[SourceFile, ...] = ()
    root: Path | None = None
    found: tuple[Diagnostic, ...] = ()
    reader: Callable[[], Database] = Database

    @cached_property
    def state(self) -> Database:
        return self.reader()


class SideError(Exception):
    """A side cannot be read: `found` says why, `files` are those that it speaks of."""

    def __init__(self, label: str, found: Sequence[Diagnostic], files: Sequence[SourceFile] = ()) -> None:
        super().__init__(label)
        self.label, self.found, self.files = label, tuple(found), tuple(files)


def load_side(text: str, other: str = ".") -> Snapshot:
    """Return the side called `text`. `other`: the path of the other side, where a revision is looked up when it names none. Raises
    SideError."""
    if text.startswith(DB):
        return _database(text)
    if text.startswith(GIT):
        return _revision(text, other)
    path = Path(text)
    if path.is_dir() and ((path / "bdc.lock").exists() or (path / "database" / "migrations").is_dir()):
        return _output(path)
    return _specification(path)


def default_base(spec: Path, out: Path | None) -> str:
    """Return the output folder whose last migration is the base when none is given. Raises SideError when there is none."""
    name = spec.resolve().name if spec.is_dir() else spec.resolve().parent.name
    places = [out] if out else [Path("build") / name, Path("build"), Path("out")]
    for place in places:
        if any(place.glob("database/migrations/*/edge.json")):
            return str(place)
    raise _failed("the base", NoBase(tuple(place.as_posix() for place in places)))


def _failed(label: str, fact: Fact) -> SideError:
    return SideError(label, [fact.diagnostic()])


def _specification(path: Path) -> Snapshot:
    from bdc.project import load_project

    sink = DiagnosticSink()
    project = load_project(path, sink)
    if sink.has_errors or not project.files:
        raise SideError(str(path), sink.in_source_order(), project.files)
    return _compiled(str(path), project.files, project.root)


def _revision(text: str, other: str) -> Snapshot:
    from bdc.comparison.git import GitError, spec_files

    revision, _, inside = text.removeprefix(GIT).partition(":")
    beside = Path("." if other.startswith((GIT, DB)) else other)
    try:
        if not revision or revision.startswith("-"):
            raise GitError("that is no revision")
        files = spec_files(revision, inside or beside.as_posix(), Path())
    except GitError as error:
        raise _failed(text, UnreadableRevision(revision, str(error))) from None
    return _compiled(text, files, None)


def _compiled(label: str, files: tuple[SourceFile, ...], root: Path | None) -> Snapshot:
    made: Compiled = compiled(files)
    if made.system is None:
        raise SideError(label, made.found, files)
    return Snapshot(
        label,
        made.system,
        files=files,
        root=root,
        found=made.found,
        reader=made.state,
    )


def _output(path: Path) -> Snapshot:
    from bdc.evolution import HistoryError, read_history

    try:
        history = read_history(path)
        if not history:
            raise _failed(str(path), NoBase((path.as_posix(),)))
        last = history[-1]
        state = last.state
        return Snapshot(f"{path}/{last.name}", last.system, root=path, reader=lambda: state)
    except HistoryError as error:
        raise _failed(str(path), BrokenMigrations(str(error))) from None


def _database(text: str) -> Snapshot:
    import asyncpg

    from bdc.stack.loading import read_url

    url = text.removeprefix(DB)
    shown = without_password(url)
    try:
        state = read_url(url)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = (str(error).strip() or type(error).__name__).partition("\n")[0].replace(url, shown)
        raise _failed(DB + shown, UnreadableDatabase(shown, reason)) from None
    return Snapshot(DB + shown, None, live=True, reader=lambda: state)


def without_password(url: str) -> str:
    """Return a URL that may be shown."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.netloc.rpartition("@")[0].partition(":")[0]
    return urlunsplit((parts.scheme, f"{user}@{host}" if user else host, parts.path, "", ""))
