"""The files of the pages are those of the pinned packages."""

import gzip
import hashlib
import shutil
from pathlib import Path

import pytest

from tests.pages.vendor import LICENSES, ROOT, folders, pins, taken, vendor


def test_vendored_files_are_those_of_the_pinned_packages() -> None:
    for name, pin in pins().items():
        folder = ROOT / pin["folder"]
        assert pin["integrity"].startswith("sha512-") and f"{name} {pin['version']}" in _text(
            folder / LICENSES
        )
        assert set(pin["sha256"]) == set(pin["files"].values())
        for file, digest in pin["sha256"].items():
            content = gzip.decompress((folder / f"{file}.gz").read_bytes())
            assert hashlib.sha256(content).hexdigest() == digest
            assert taken(file, content) == content
    packed = {path.relative_to(ROOT) for folder in folders() for path in folder.glob("*.gz")}
    pinned = {Path(pin["folder"]) / f"{file}.gz" for pin in pins().values() for file in pin["sha256"]}
    assert packed == pinned


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.tool
def test_vendoring_again_gives_the_same_files(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("not run: npm is not installed")
    assert vendor(tmp_path) == pins()
