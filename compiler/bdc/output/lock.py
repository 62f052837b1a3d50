"""`bdc.lock`: which files a build wrote, their owners, and their SHA-256, so that the next build knows its own work; and what the
build was made from, so that the next one can tell a change of the specification from a new release of bdc."""

import hashlib
import json

from bdc.output.files import GeneratedFile, Ownership
from bdc.source.records import dataclass

LOCK_NAME = "bdc.lock"
LOCK_VERSION = 1


class LockError(Exception):
    """The lock file is not one that this compiler wrote."""


@dataclass(frozen=True, slots=True)
class LockEntry:
    ownership: Ownership
    sha256: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What a build was made from: the digest of the specification, and the state that its last migration reaches."""

    specification: str
    state: str | None


def digest(content: bytes) -> str:
    """Return the digest of a file, by what is on disk."""
    return hashlib.sha256(content).hexdigest()


def read_lock(text: str) -> dict[str, LockEntry]:
    """Return path → entry from the text of a lock file. Raises LockError."""
    try:
        data = json.loads(text)
        if data["version"] != LOCK_VERSION:
            raise LockError(f"version {data['version']} is not {LOCK_VERSION}")
        return {path: LockEntry(Ownership(owner), sha) for path, (owner, sha) in data["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LockError(str(error)) from error


def read_basis(text: str) -> Basis | None:
    """Return what the build was made from; None where the lock does not say it (an older release wrote it)."""
    try:
        data = json.loads(text)
        return Basis(str(data["specification"]), data["state"])
    except (ValueError, KeyError, TypeError):
        return None


def write_lock(files: list[GeneratedFile], kept: dict[str, LockEntry], basis: Basis | None = None) -> str:
    """Return the text of the lock for `files`, one to a line; `kept` are entries of earlier builds that still stand."""
    entries = dict(kept)
    for file in files:
        entries.setdefault(file.path, LockEntry(file.ownership, digest(file.encoded)))
    body = {path: [entry.ownership.value, entry.sha256] for path, entry in sorted(entries.items())}
    made_from = {} if basis is None else {"specification": basis.specification, "state": basis.state}
    head = "".join(f"{json.dumps(name)}: {json.dumps(value)},\n" for name, value in made_from.items())
    lines = ",\n".join(f"{json.dumps(path)}: {json.dumps(entry)}" for path, entry in body.items())
    return f'{{\n"version": {LOCK_VERSION},\n{head}"files": {{\n{lines}\n}}\n}}\n'
