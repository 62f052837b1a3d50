"""What tells one specification from another: the digest of its files."""

from collections.abc import Iterable
from hashlib import sha256

from bdc.source import SourceFile


def fingerprint(files: Iterable[SourceFile]) -> str:
    """Return the digest of a specification: of its files, their names and texts."""
    parts = (f"{file.path}\0{sha256(file.text.encode()).hexdigest()}" for file in files)
    return sha256("\n".join(sorted(parts)).encode()).hexdigest()
