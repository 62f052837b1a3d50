"""The same specification gives the same bytes: in every process, under every hash seed, wherever it stands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.shop import SPEC


def build(spec: Path, out: Path, seed: str) -> dict[str, bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "bdc.cli", "build", str(spec), "--out", str(out)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_two_processes_two_places_one_tree(tmp_path: Path) -> None:
    elsewhere = tmp_path / "another place" / "shop"
    shutil.copytree(SPEC, elsewhere, ignore=shutil.ignore_patterns(".bdc", "__pycache__"))
    first, second = build(SPEC, tmp_path / "first", "1"), build(elsewhere, tmp_path / "second", "2")
    assert sorted(first) == sorted(second)
    assert [path for path in first if first[path] != second[path]] == []
    assert len(first) > 200
