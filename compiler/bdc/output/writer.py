"""Decide, then write: all of a build reaches the disk, or nothing does.

`plan_write` compares the files with what is there and with `bdc.lock`, and lists conflicts; `commit` stages every file in
a hidden folder beside the target, checks nothing more, and moves them in place one by one, the lock last. A crash while
moving leaves a journal, which the next build finishes from (every move is idempotent).
"""

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import field
from pathlib import Path

from bdc.output.files import GeneratedFile, Ownership
from bdc.output.lock import LOCK_NAME, Basis, LockEntry, digest, read_basis, read_lock, write_lock
from bdc.source.records import dataclass

STAGING = ".bdc-staging"
JOURNAL = "journal.json"


@dataclass(frozen=True, slots=True)
class WriteConflict:
    """`reason`: `edited` (a generated file differs from what the last build wrote), `foreign` (a file that no build
    wrote stands in the way), `migration` (a written migration would change), `unsafe` (not a plain file below the output)."""

    path: str
    reason: str


@dataclass(slots=True)
class WritePlan:
    """What a build will do to the folder. Nothing has been touched yet. `kept_copies`: copies of files that the user keeps beside the
    specification, which were edited in the output and do not follow them. `folders`: those looked at, and whether files may be put there."""

    target: Path
    write: list[GeneratedFile] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept_scaffold: list[str] = field(default_factory=list)
    kept_copies: list[str] = field(default_factory=list)
    conflicts: list[WriteConflict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lock_text: str = ""
    folders: dict[Path, bool] = field(default_factory=dict, repr=False)


def load_lock(target: Path) -> dict[str, LockEntry]:
    """Return the entries of `target`'s lock ({} when there is none). Raises LockError."""
    path = target / LOCK_NAME
    return read_lock(path.read_text(encoding="utf-8")) if path.is_file() else {}


def load_basis(target: Path) -> Basis | None:
    """Return what the last build of `target` was made from; None when there was none, or it did not say."""
    path = target / LOCK_NAME
    return read_basis(path.read_text(encoding="utf-8")) if path.is_file() else None


def plan_write(
    target: Path,
    files: Iterable[GeneratedFile],
    *,
    force: frozenset[str] = frozenset(),
    partial: bool = False,
    basis: Basis | None = None,
) -> WritePlan:
    """Compare `files` with the folder `target`. `force` names paths whose conflicts the user has settled; with `partial`
    (only some emitters ran) nothing is stale. `basis`: what all of it is made from; None: what the lock says stands. Raises
    LockError."""
    resume(target)
    lock = load_lock(target)
    ordered = sorted(files, key=lambda file: file.path)
    plan = WritePlan(target, notes=[file.note for file in ordered if file.note])
    for file in ordered:
        _decide(plan, file, lock.get(file.path), forced=file.path in force)
    current = {file.path: file for file in ordered}
    if not partial:
        _find_stale(plan, set(current), lock, force)
    plan.lock_text = write_lock(
        ordered, _kept_entries(lock, current, plan, partial=partial), basis or load_basis(target)
    )
    return plan


def _decide(plan: WritePlan, file: GeneratedFile, known: LockEntry | None, *, forced: bool) -> None:
    path = plan.target / file.path
    if not _is_safe(plan.target, path, plan.folders):
        plan.conflicts.append(WriteConflict(file.path, "unsafe"))
        return
    if not path.exists():
        if file.ownership is Ownership.SCAFFOLD and known is not None:
            return  # the user removed it on purpose
        plan.write.append(file)
        return
    if file.ownership is Ownership.SCAFFOLD:
        plan.kept_scaffold.append(file.path)
        return
    current = path.read_bytes()
    if current == file.encoded and _mode_matches(path, file):
        plan.unchanged += 1
    elif forced or (
        known is not None
        and digest(current) == known.sha256
        and file.ownership in (Ownership.GENERATED, Ownership.OWN)
    ):
        plan.write.append(file)
    elif file.ownership is Ownership.OWN:
        plan.kept_copies.append(file.path)
    elif file.ownership is Ownership.MIGRATION:
        plan.conflicts.append(WriteConflict(file.path, "migration"))
    else:
        plan.conflicts.append(WriteConflict(file.path, "foreign" if known is None else "edited"))


def _find_stale(
    plan: WritePlan, current: set[str], lock: dict[str, LockEntry], force: frozenset[str]
) -> None:
    for path, entry in lock.items():
        if path in current or entry.ownership not in (Ownership.GENERATED, Ownership.OWN):
            continue
        on_disk = plan.target / path
        if not on_disk.is_file() or not _is_safe(plan.target, on_disk, plan.folders):
            continue
        if path in force or digest(on_disk.read_bytes()) == entry.sha256:
            plan.remove.append(path)
        elif entry.ownership is Ownership.GENERATED:
            plan.conflicts.append(WriteConflict(path, "edited"))


def _kept_entries(
    lock: dict[str, LockEntry], files: dict[str, GeneratedFile], plan: WritePlan, *, partial: bool
) -> dict[str, LockEntry]:
    """Entries that outlive this build: of what is the user's and of migrations always, everything else only in a partial one."""
    outlives = {Ownership.SCAFFOLD, Ownership.MIGRATION}
    stays = {*plan.kept_scaffold, *plan.kept_copies}
    return {
        path: entry
        for path, entry in lock.items()
        if (path not in files and (partial or entry.ownership in outlives))
        or path in stays
        or (path in files and files[path].ownership is entry.ownership is Ownership.SCAFFOLD)
    }


def commit(plan: WritePlan) -> None:
    """Carry out a plan without conflicts. Raises ValueError when it has some; OSError leaves the folder as it was, or
    resumable when it strikes while moving."""
    if plan.conflicts:
        raise ValueError("a plan with conflicts is never carried out")
    staging = plan.target / STAGING
    lock_path = plan.target / LOCK_NAME
    if (
        not plan.write
        and not plan.remove
        and lock_path.is_file()
        and lock_path.read_text("utf-8") == plan.lock_text
    ):
        return
    try:
        _stage(plan, staging)
    except OSError:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    resume(plan.target)


def _stage(plan: WritePlan, staging: Path) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    moves: list[str] = []
    for file in [*plan.write, GeneratedFile(LOCK_NAME, plan.lock_text)]:
        staged = staging / str(len(moves))
        staged.write_bytes(file.encoded)
        if file.executable:
            staged.chmod(0o755)
        moves.append(file.path)
    journal = json.dumps({"moves": moves, "remove": plan.remove})
    (staging / (JOURNAL + ".tmp")).write_text(journal, encoding="utf-8")
    (staging / (JOURNAL + ".tmp")).replace(staging / JOURNAL)


def resume(target: Path) -> None:
    """Finish a build that was interrupted while moving; a build interrupted before that is forgotten."""
    staging = target / STAGING
    journal = staging / JOURNAL
    if journal.is_file():
        todo = json.loads(journal.read_text(encoding="utf-8"))
        folders: set[Path] = set()
        for number, path in enumerate(todo["moves"]):
            folder = (target / path).parent
            if folder not in folders:
                folder.mkdir(parents=True, exist_ok=True)
                folders.add(folder)
            with suppress(FileNotFoundError):  # it was moved before the build was interrupted
                (staging / str(number)).replace(target / path)
        for path in todo["remove"]:
            _remove(target, path)
    if staging.exists():
        shutil.rmtree(staging)


def _remove(target: Path, path: str) -> None:
    (target / path).unlink(missing_ok=True)
    folder = (target / path).parent
    while folder != target and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _mode_matches(path: Path, file: GeneratedFile) -> bool:
    return not file.executable or os.access(path, os.X_OK)


def _is_safe(target: Path, path: Path, known: dict[Path, bool]) -> bool:
    """A plain file (or nothing) that really lies below the target, through no symbolic link."""
    return _is_plain(target, path.parent, known) and not path.is_symlink() and not path.is_dir()


def _is_plain(target: Path, folder: Path, known: dict[Path, bool]) -> bool:
    """Whether `folder` is a folder, or nothing, and so are those up to the target. `known`: what was looked at before."""
    if folder == target:
        return True
    if folder not in known:
        odd = folder.is_symlink() or (folder.exists() and not folder.is_dir())
        known[folder] = not odd and _is_plain(target, folder.parent, known)
    return known[folder]
