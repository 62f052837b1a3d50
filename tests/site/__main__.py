"""`python -m tests.site FOLDER`: write the pages, and build the site where mkdocs is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

from bdc.diagrams.architecture import architecture_diagram
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from tests.site.gather import ROOT, pages
from tests.support.tools import tool


def write(folder: Path) -> Path:
    """Write every page below `folder` and return the configuration of mkdocs."""
    for page, text in pages():
        file = folder / "docs" / page
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "docs" / "architecture.svg").write_text(_picture(), encoding="utf-8")
    shutil.copytree(ROOT / "specs" / "pictures", folder / "docs" / "howto" / "pictures", dirs_exist_ok=True)
    config = folder / "mkdocs.yml"
    config.write_text((ROOT / "specs" / "site" / "mkdocs.yml").read_text(encoding="utf-8"), encoding="utf-8")
    return config


def _picture() -> str:
    shop = ROOT / "examples" / "shop"
    files = [SourceFile(path.name, path.read_text(encoding="utf-8")) for path in sorted(shop.glob("*.bds"))]
    system = compile_system(files).system
    assert system is not None
    return architecture_diagram(system)


def build(config: Path, mkdocs: str) -> subprocess.CompletedProcess[str]:
    """Build the site, strictly."""
    command = [mkdocs, "build", "--strict", "--quiet", "--config-file", str(config)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/site")
    config = write(folder)
    program = tool("mkdocs")
    if program is None:
        print(f"pages are in {folder / 'docs'}; `python -m tests.support.tools install mkdocs` brings mkdocs")
        return 0
    done = build(config, str(program))
    print(done.stdout + done.stderr or f"the site is in {folder / 'html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
