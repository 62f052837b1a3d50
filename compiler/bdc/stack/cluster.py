"""A data directory of PostgreSQL: made by `initdb`, owned by a user that PostgreSQL accepts, free of stale locks."""

import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

from bdc.stack.programs import programs
from bdc.stack.reach import StackError, SystemUser, can_reach, shared_folder, system_user

SUPERUSER = "postgres"
_STAND_INS = "extension"
_WITH_PATH = 18  # the first version that looks for extensions elsewhere
_PASSWORD_FILE = "superuser_password"
_LONGEST = 900  # PostgreSQL allows 1023 bytes for the path of a file

# The same order of texts and the same upper case on every machine.
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
# The superuser can run programs, so it needs its password; the roles of a system hold development data only, and a
# developer wants to open a console as any of them.
_HBA = f"""\
host all {SUPERUSER} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


def temporary_place() -> tuple[Path, SystemUser]:
    """Return a new empty folder for a cluster that is thrown away, and the user of its server. StackError when there is none."""
    try:
        place = Path(tempfile.mkdtemp(prefix="bdc-postgres-"))
        user = system_user(place)
        if can_reach(place, user):
            return place.resolve(), user
        place.rmdir()
        return Path(tempfile.mkdtemp(prefix="bdc-postgres-", dir=shared_folder(user))), user
    except OSError as failure:
        raise StackError(f"cannot make a temporary database: {failure}") from failure


def place_of(data_dir: Path) -> tuple[Path, SystemUser]:
    """Return where the cluster of `data_dir` is, and the user of its server.

    Where that user cannot reach `data_dir`, or its path is too long, the cluster is kept in the shared folder, and `data_dir` is a symbolic link to it.
    StackError when it belongs to another user or cannot be moved.
    """
    try:
        if data_dir.is_symlink() and not data_dir.exists():
            data_dir.unlink()  # the shared folder was that of another machine
        place = data_dir.resolve()
        user = system_user(place)
        if len(os.fsencode(place)) > _LONGEST or not can_reach(place, user):
            place = _move(data_dir, user)
        return place, user
    except PermissionError as failure:
        raise StackError(_of_another_user(data_dir)) from failure
    except OSError as failure:
        raise StackError(f"cannot use {data_dir} for a database: {failure}") from failure


def _move(data_dir: Path, user: SystemUser) -> Path:
    place = Path(tempfile.mkdtemp(prefix="database-", dir=shared_folder(user)))
    if data_dir.exists():
        drop_stale_lock(data_dir.resolve())
        shutil.copytree(data_dir, place, dirs_exist_ok=True)
        remove(data_dir)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    data_dir.symlink_to(place)
    return place


def remove(data_dir: Path) -> None:
    """Remove the cluster of `data_dir`, wherever it is kept; nothing happens when there is none."""
    place = data_dir.resolve()
    if data_dir.is_symlink():
        data_dir.unlink()
    shutil.rmtree(place, ignore_errors=True)


def _of_another_user(data_dir: Path) -> str:
    try:
        owner = f" (user {data_dir.stat().st_uid})"
    except OSError:
        owner = ""
    return f"{data_dir} belongs to another user{owner}: run as that user, or remove it"


def prepare(data_dir: Path, user: SystemUser, durable: bool) -> str:
    """Make `data_dir` a cluster if it is none yet, and return the superuser's password."""
    password_file = data_dir / _PASSWORD_FILE
    try:
        if (data_dir / "PG_VERSION").exists():
            drop_stale_lock(data_dir)
            own(data_dir, user)
            return password_of(data_dir)
    except PermissionError as failure:
        raise StackError(_of_another_user(data_dir)) from failure
    password = secrets.token_urlsafe(24)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
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


def own(data_dir: Path, user: SystemUser) -> None:
    """Give a cluster that was copied to the user of its server, which accepts no other owner and no open folder."""
    data_dir.chmod(0o700)
    if user.uid is None or user.gid is None or data_dir.stat().st_uid == user.uid:
        return
    for path in [data_dir, *data_dir.rglob("*")]:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)


def extension_path(data_dir: Path, user: SystemUser) -> str | None:
    """Copy the stand-ins of extensions that lie beside this module to where the server reads them, and return the setting that names
    the place; None where there are none, or the server is older than the setting."""
    beside, place = Path(__file__).with_name(_STAND_INS), data_dir / "stand_ins"
    if not beside.is_dir() or int((data_dir / "PG_VERSION").read_text(encoding="utf-8").strip()) < _WITH_PATH:
        return None
    shutil.rmtree(place, ignore_errors=True)
    (place / _STAND_INS).mkdir(parents=True)
    for file in (*beside.glob("*.control"), *beside.glob("*.sql")):
        (place / _STAND_INS / file.name).write_bytes(file.read_bytes())
    own(place, user)
    return f"$system:{place}"


def _initialise(data_dir: Path, user: SystemUser, durable: bool, password: str) -> None:
    data_dir.chmod(0o700)
    if user.uid is not None and user.gid is not None:
        os.chown(data_dir, user.uid, user.gid)
    read_end, write_end = os.pipe()
    os.write(write_end, password.encode())
    os.close(write_end)
    command = [
        str(programs(user) / "initdb"),
        f"--pgdata={data_dir}",
        f"--username={SUPERUSER}",
        f"--pwfile=/dev/fd/{read_end}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        *_LOCALE,
        *([] if durable else ["--no-sync"]),
    ]
    try:
        os.fchmod(read_end, 0o444)
        if user.uid is not None and user.gid is not None:
            os.fchown(read_end, user.uid, user.gid)
        subprocess.run(  # type: ignore[call-overload]
            command,
            check=True,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env=plain_environment(),
            pass_fds=[read_end],
            **user.spawn,
        )
    finally:
        os.close(read_end)
    (data_dir / "pg_hba.conf").write_text(_HBA, encoding="utf-8")


def plain_environment() -> dict[str, str]:
    """Return the environment of PostgreSQL's programs: no locale that this machine does not have, no setting for its clients."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PG"))}
    return kept | {"LC_ALL": "C"}


def drop_stale_lock(data_dir: Path) -> None:
    """Remove the lock of a server that is gone. StackError when one is running there.

    PostgreSQL takes any living process of that number for its predecessor, which after a restart of a container is
    usually another program.
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
    """The command line of a process, "" when there is none. A small container has no `ps`; other systems have no `/proc`."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="surrogateescape")
    except OSError:
        pass
    if Path("/proc/self/cmdline").exists() or shutil.which("ps") is None:
        return ""
    answer = subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "command="], capture_output=True, encoding="utf-8", check=False
    )
    return answer.stdout


def _empty(data_dir: Path) -> None:
    for child in data_dir.iterdir() if data_dir.is_dir() else ():
        shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()


def _reason(failure: Exception) -> str:
    if isinstance(failure, subprocess.CalledProcessError):
        return str(failure.stderr).strip() or str(failure)
    return str(failure)
