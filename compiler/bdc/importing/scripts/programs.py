"""Alembic and Django → the SQL that they print. Their migrations are programs; nothing else can tell what they do."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bdc.importing.scripts.problems import NoSource

_SECONDS = 600
_PLANNED = re.compile(r"^\[[ X]\]\s+(?P<app>\w+)\.(?P<name>\w+)", re.MULTILINE)


def printed(path: Path) -> tuple[str, str] | None:
    """Return the tool whose folder it is, and the SQL that it prints; None for other folders. Raises NoSource when it prints none."""
    if (path / "alembic.ini").is_file():
        return "Alembic", _alembic(path)
    if (path / "env.py").is_file() and (path / "versions").is_dir():
        if (path.parent / "alembic.ini").is_file():
            return "Alembic", _alembic(path.parent)
        raise NoSource(
            f"`{path}` holds migrations of Alembic, and `alembic.ini` is not beside it: run `alembic upgrade head --sql > schema.sql` where it is, and import that"
        )
    if (path / "manage.py").is_file():
        return "Django", _django(path)
    if any(_is_django(file) for file in path.glob("[0-9]*.py")):
        raise NoSource(f"`{path}` holds migrations of Django: give the folder with `manage.py`")
    return None


def _is_django(file: Path) -> bool:
    return "django" in file.read_bytes()[:4000].decode("utf-8", "replace")


def _alembic(path: Path) -> str:
    command = _command(path, "alembic") or [*_python(path), "-m", "alembic"]
    return _run(path, [*command, "upgrade", "head", "--sql"], "alembic upgrade head --sql > schema.sql")


def _django(path: Path) -> str:
    """Print migration after migration, in the order of their plan."""
    python = _python(path)
    advice = "python manage.py sqlmigrate APP NAME, for each line of `python manage.py showmigrations --plan`"
    plan = _run(path, [*python, "manage.py", "showmigrations", "--plan", "--no-color"], advice)
    parts = [
        _run(path, [*python, "manage.py", "sqlmigrate", found["app"], found["name"], "--no-color"], advice)
        for found in _PLANNED.finditer(plan)
    ]
    if not parts:
        raise NoSource(f"Django plans no migration in `{path}`")
    return "\n".join(parts)


def _command(path: Path, name: str) -> list[str] | None:
    for folder in (".venv/bin", "venv/bin"):
        if (path / folder / name).is_file():
            return [str((path / folder / name).resolve())]
    found = shutil.which(name)
    return [found] if found else None


def _python(path: Path) -> list[str]:
    """The Python of the project's environment, else the one of the path, else ours."""
    return _command(path, "python") or [sys.executable]


def _run(path: Path, command: Sequence[str], advice: str) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=path, env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoSource(
            f"`{' '.join(command)}` does not run in `{path}`: {error}. {_by_hand(advice)}"
        ) from error
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise NoSource(f"`{' '.join(command)}` fails in `{path}`: {last}. {_by_hand(advice)}")
    return done.stdout.decode("utf-8", "replace")


def _by_hand(advice: str) -> str:
    return (
        f"By hand: {advice}, and import what it prints. Where the migrations ask a database, let them run on one, and import that: `bdc import"
        " db:postgres://…`"
    )
