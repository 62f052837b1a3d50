"""Files of a specification as a revision of git holds them, without touching the working tree."""

import subprocess
from pathlib import Path

from bdc.project import MAX_FILE_BYTES, is_skipped
from bdc.source import SourceFile
from bdc.source.beside import read_named


class GitError(Exception):
    """Git does not give what was asked for; the message is its own, or says what is missing."""


def spec_files(revision: str, path: str, folder: Path) -> tuple[SourceFile, ...]:
    """Return the `.bds` files under `path` (relative to `folder`, a place inside the repository) as `revision` has them, under
    names relative to `path`. GitError for a revision, path or file that cannot be read."""
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        raise GitError("there is no such revision")
    listed = _git(folder, "ls-tree", "-r", "-z", "--full-tree", commit, "--", _from_root(folder, path))
    names = [_blob(entry) for entry in listed.split("\0") if entry]
    root = _root_of(folder, path, [name for name, _ in names])
    found = [
        _read(folder, commit, name, blob, root)
        for name, blob in names
        if name.endswith(".bds") and not is_skipped(Path(name).relative_to(root))
    ]
    if not found:
        raise GitError(f"it holds no `.bds` file at `{path}`")
    return tuple(sorted(found, key=lambda file: file.path))


def _blob(entry: str) -> tuple[str, str]:
    """An entry is `mode type object<TAB>name`."""
    facts, _, name = entry.partition("\t")
    return name, facts.split(" ")[2]


def _from_root(folder: Path, path: str) -> str:
    prefix = _git(folder, "rev-parse", "--show-prefix")
    whole = (Path(prefix) / path).as_posix()
    parts: list[str] = []
    for part in whole.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ""):
            parts.append(part)
    return "/".join(parts) or "."


def _root_of(folder: Path, path: str, names: list[str]) -> Path:
    """What names are relative to: the folder that was asked for, or that of the one file."""
    asked = _from_root(folder, path)
    if asked == ".":
        return Path()
    return Path(asked).parent if asked in names else Path(asked)


def _read(folder: Path, commit: str, name: str, blob: str, root: Path) -> SourceFile:
    data = _run(folder, "cat-file", "blob", blob)
    if len(data) > MAX_FILE_BYTES:
        raise GitError(f"`{name}` is larger than a specification file may be")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GitError(f"`{name}` is not UTF-8 text") from None

    def beside(other: str) -> bytes:
        whole = (Path(name).parent / other).as_posix()
        try:
            return _run(folder, "cat-file", "blob", f"{commit}:{whole}")
        except GitError as error:
            raise ValueError from error

    return SourceFile(Path(name).relative_to(root).as_posix(), text, read_named(text, beside))


def _git(folder: Path, *arguments: str) -> str:
    return _run(folder, *arguments).decode("utf-8", "replace").strip("\n")


def _run(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    if done.returncode and arguments[0] != "rev-parse":
        raise GitError(done.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed")
    if done.returncode and done.stderr:
        raise GitError(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout
