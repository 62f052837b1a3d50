"""What is inside the wheel: `python -m tests.project.wheel` builds it and says what is missing or does not belong there.

Everything below the four source roots must be in it (modules, templates, grammar, standard library, starter, pages), and nothing
else; then it must work from there alone: the starter is compiled and built with what was unpacked.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "bdc": ROOT / "compiler",
    "bdc_emitters": ROOT / "emitters",
    "bdc_grammar": ROOT / "grammar",
    "bdc_specs": ROOT / "specs",
}
# One file of each kind that is easily forgotten.
NEEDED = (
    "bdc/py.typed",
    "bdc_grammar/bds.lark",
    "bdc_specs/std/types.bds",
    "bdc_specs/starter/starter.bds",
    "bdc_specs/diagnostics/E001-unexpected.md",
    "bdc_emitters/service/templates/about.py.j2",
    "bdc_emitters/service/runtime/services/data/engine/compose.py",
    "bdc_emitters/tests/runtime/tests/conftest.py",
    "bdc_emitters/service/runtime/api/engine/documentation/swagger_ui/swagger-ui.js.gz",
    "bdc_emitters/service/runtime/api/engine/documentation/swagger_ui/LICENSES.txt",
    "bdc_emitters/graphql/runtime/api/graphql/engine/graphiql/graphiql.js.gz",
    "bdc_emitters/graphql/runtime/api/graphql/engine/graphiql/LICENSES.txt",
)
MOST_BYTES = 8_000_000


def build(folder: Path) -> Path:
    """Build the wheel into `folder`, without a network. Returns its path."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def wanted() -> set[str]:
    """Return what belongs into the wheel: every file of the packages that a build left there by itself excepted."""
    chapters = {f"bdc_specs/language/{path.name}" for path in (ROOT / "specs" / "language").glob("*.md")}
    return chapters | {
        path.relative_to(root).as_posix()
        for name, root in PACKAGES.items()
        for path in (root / name).rglob("*")
        if path.is_file() and not _by_itself(path.relative_to(root))
    }


def _by_itself(path: Path) -> bool:
    return any(part == "__pycache__" or part.endswith("_cache") for part in path.parts)


def faults(wheel: Path) -> Iterator[str]:
    """Yield what is wrong with the contents of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        about = {name.partition(".dist-info/")[2] for name in archive.namelist() if ".dist-info/" in name}
    yield from (f"missing: {name}" for name in sorted(wanted() - inside))
    yield from (f"does not belong there: {name}" for name in sorted(inside - wanted()))
    yield from (f"missing: {name}" for name in NEEDED if name not in inside)
    if (size := wheel.stat().st_size) > MOST_BYTES:
        yield f"{size:,} bytes, at most {MOST_BYTES:,}"
    yield from (f"missing: {name}" for name in ("entry_points.txt", "licenses/LICENSE") if name not in about)


def works(wheel: Path, folder: Path) -> str:
    """Compile and build the starter with nothing but the unpacked wheel; return what went wrong, '' when nothing did."""
    place = folder / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    program = (
        "import bdc, bdc_emitters, bdc_grammar, bdc_specs, sys;"
        f"assert all(m.__file__.startswith({str(place)!r}) for m in (bdc, bdc_emitters, bdc_grammar, bdc_specs));"
        "from bdc.cli.main import main; main()"
    )
    for arguments in (["new", "small"], ["build", "small", "--out", "out"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(place), "BDC_TRACEBACK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            return done.stdout + done.stderr
    return ""


def check() -> list[str]:
    """Build the wheel and return its faults."""
    with tempfile.TemporaryDirectory(prefix="bdc-wheel-") as scratch:
        folder = Path(scratch)
        wheel = build(folder)
        broken = works(wheel, folder)
        return [*faults(wheel), *([broken] if broken else [])]


if __name__ == "__main__":
    found = check()
    print("\n".join(found) or "wheel: all of it is there, and it works by itself")
    sys.exit(1 if found else 0)
