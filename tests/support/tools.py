"""Outside tools, each in a folder of its own under `.tools/`, from the locks in `tests/tools/`.

`tool("checkov")` is the program when it is installed, else None; a test then says `pytest.skip(not_run("checkov"))`, so that
a missing tool never reads as a pass. `python -m tests.support.tools install [name…]` installs what is asked for, or all; `short`
stands for those that `make test` asks.
"""

import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tests" / "tools"
INSTALLED = ROOT / ".tools"


@dataclass(frozen=True)
class Tool:
    """`program` below the tool's folder. A Python tool is a venv made from `<name>.lock`; a Node one has
    `<name>/package-lock.json` among the locks. `long`: only long tests ask it."""

    name: str
    program: str
    node: bool = False
    long: bool = False


TOOLS = {
    found.name: found
    for found in (
        Tool("schemathesis", "bin/schemathesis"),
        Tool("pgrls", "bin/pgrls"),
        Tool("checkov", "bin/checkov"),
        Tool("alembic", "bin/python"),
        Tool("bandit", "bin/bandit"),
        Tool("mkdocs", "bin/mkdocs", long=True),
        Tool("check-jsonschema", "bin/check-jsonschema"),
        Tool("postgres16", "bin/python"),
        Tool("openapi-python-client", "bin/openapi-python-client"),
        Tool("openapi-generator", "bin/openapi-generator-cli", long=True),
        Tool("datamodel-code-generator", "bin/datamodel-codegen", long=True),
        Tool("openapi-typescript", "node_modules/.bin/openapi-typescript", node=True),
        Tool("orval", "node_modules/.bin/orval", node=True, long=True),
        Tool("graphql-codegen", "node_modules/.bin/graphql-codegen", node=True, long=True),
        Tool("graphql-inspector", "node_modules/@graphql-inspector/core/package.json", node=True),
        Tool("graphql-http", "node_modules/graphql-http/package.json", node=True),
        Tool("browser", "node_modules/playwright-core/package.json", node=True),
        Tool("redocly", "node_modules/.bin/redocly", node=True),
        Tool("dbmate", "node_modules/@dbmate/linux-x64/bin/dbmate", node=True),
    )
}


def tool(name: str) -> Path | None:
    """Return the program called `name`, or None when it has not been installed. KeyError for a tool nobody knows."""
    known = TOOLS[name]
    program = INSTALLED / known.name / known.program
    if known.node and shutil.which("node") is None:
        return None
    return program if program.exists() else None


def not_run(name: str) -> str:
    """Return the words a skipped test says."""
    return f"not run: {name} is not installed (python -m tests.support.tools install {name})"


def install(names: Sequence[str]) -> int:
    """Install the named tools (`short`: those of `make test`), or all; return the number of those that failed."""
    wanted = [name for name, known in TOOLS.items() if not known.long] if list(names) == ["short"] else names
    return sum(not _install(TOOLS[name]) for name in wanted or TOOLS)


def _install(wanted: Tool) -> bool:
    folder = INSTALLED / wanted.name
    folder.mkdir(parents=True, exist_ok=True)
    lock = LOCKS / (f"{wanted.name}/package-lock.json" if wanted.node else f"{wanted.name}.lock")
    stamp, content = folder / "installed.lock", lock.read_bytes()
    if stamp.exists() and stamp.read_bytes() == content:
        print(f"{wanted.name}: there already", flush=True)
        return True
    done = _install_node(wanted, folder) if wanted.node else _install_python(wanted, folder)
    if done:
        stamp.write_bytes(content)
    print(f"{wanted.name}: {'installed' if done else 'FAILED'}", flush=True)
    return done


def _install_python(wanted: Tool, folder: Path) -> bool:
    venv.create(folder, with_pip=True, clear=True)
    lock = LOCKS / f"{wanted.name}.lock"
    command = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
    return subprocess.run(command, check=False).returncode == 0


def _install_node(wanted: Tool, folder: Path) -> bool:
    npm = shutil.which("npm")
    if npm is None:
        print(f"{wanted.name}: npm is not on this machine", flush=True)
        return False
    for part in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCKS / wanted.name / part, folder / part)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


if __name__ == "__main__":
    if sys.argv[1:2] != ["install"] or not {*sys.argv[2:]} <= {*TOOLS, "short"}:
        sys.exit(f"usage: python -m tests.support.tools install [short|{'|'.join(TOOLS)} …]")
    sys.exit(1 if install(sys.argv[2:]) else 0)
