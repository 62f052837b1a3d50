"""Takes the files of the pages from npm packages: `python -m tests.pages.vendor` writes them compressed, with their licences.

`pages.json` pins each package by version, integrity (SHA-512 of the tarball) and licence, and holds the SHA-256 of each file that was taken. A tarball
with another integrity or licence is refused. To take a newer version: write it there with an empty integrity, run this, and read the change.
"""

import base64
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PINS = Path(__file__).with_name("pages.json")
LICENSES = "LICENSES.txt"
_FONT_FACE = re.compile(rb"@font-face\s*\{[^}]*\}")
_SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S*|/\*# sourceMappingURL=[^*]*\*/)\s*$")

Pins = dict[str, dict[str, Any]]


class VendorError(Exception):
    """A package is not what is pinned; the message says what differs."""


def pins() -> Pins:
    """Return what is pinned, by package."""
    return dict(json.loads(PINS.read_text(encoding="utf-8")))


def folders() -> tuple[Path, ...]:
    """Return the folders that the files are written to."""
    return tuple(dict.fromkeys(ROOT / pin["folder"] for pin in pins().values()))


def taken(name: str, content: bytes) -> bytes:
    """Return the content as it is served: without the pointer to a source map, a stylesheet without the fonts in it (text is shown in
    the fonts of the system; they are nine tenths of its size)."""
    content = _SOURCE_MAP.sub(b"", content)
    return _FONT_FACE.sub(b"", content) if name.endswith(".css") else content


def read_tarball(name: str, pin: Mapping[str, Any], scratch: Path) -> tuple[str, dict[str, bytes]]:
    """Return the integrity of a package and its files by their path inside. Raises VendorError."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(scratch), f"{name}@{pin['version']}"]
    packed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=scratch)
    tarball = scratch / packed.stdout.split()[-1]
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if pin["integrity"] not in ("", integrity := f"sha512-{digest}"):
        raise VendorError(f"{name} {pin['version']}: integrity is {integrity}, pinned {pin['integrity']}")
    with tarfile.open(tarball) as archive:
        files = {
            member.name.partition("/")[2]: content.read()
            for member in archive.getmembers()
            if (content := archive.extractfile(member)) is not None
        }
    if (said := json.loads(files["package.json"]).get("license")) != pin["license"]:
        raise VendorError(f"{name}: licence is {said}, pinned {pin['license']}")
    return integrity, files


def vendor(target: Path = ROOT) -> Pins:
    """Write all files below `target`; return the pins with the integrity and the digests that were found. Raises VendorError."""
    found, licenses = pins(), dict[str, list[str]]()
    with tempfile.TemporaryDirectory(prefix="bdc-vendor-") as scratch:
        for name, pin in found.items():
            pin["integrity"], files = read_tarball(name, pin, Path(scratch))
            pin["sha256"] = {
                new: _write(target / pin["folder"] / f"{new}.gz", taken(new, files[old]))
                for old, new in pin["files"].items()
            }
            texts = (files[path].decode().strip() for path in pin["licenses"])
            licenses.setdefault(pin["folder"], []).append("\n\n".join((f"{name} {pin['version']}", *texts)))
    for folder, each in licenses.items():
        (target / folder / LICENSES).write_text("\n\n\n".join(each) + "\n", encoding="utf-8")
    return found


def _write(path: Path, content: bytes) -> str:
    """Write `content` compressed; return its digest. What is there already with the same content stays: compressors differ."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or gzip.decompress(path.read_bytes()) != content:
        path.write_bytes(gzip.compress(content, 9, mtime=0))
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("npm is not on this machine")
    try:
        PINS.write_text(json.dumps(vendor(), indent=2) + "\n", encoding="utf-8")
    except VendorError as error:
        sys.exit(str(error))
