"""Expected text beside the cause: a test compares, `UPDATE_EXPECT=1` records anew, and the difference is read like a review."""

import os
from pathlib import Path


def expect(path: Path, actual: str) -> None:
    """Compare `actual` with the file, or write the file when UPDATE_EXPECT is set."""
    actual = actual.rstrip("\n") + "\n"
    if os.environ.get("UPDATE_EXPECT"):
        path.write_text(actual, encoding="utf-8")
        return
    assert path.exists(), f"{path.name} is not there: run once with UPDATE_EXPECT=1 and read it"
    assert actual == path.read_text(encoding="utf-8"), f"differs from {path.name}"
