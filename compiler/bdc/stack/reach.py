"""Which system user runs the server, and which folders that user can reach.

PostgreSQL refuses to run as root, so root starts it as another user. A closed folder such as `/root` (mode 700) hides the programs and
the data from that user. Its mode is not changed: what the user must reach is kept in a shared folder that root owns instead.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = "nobody"
_UNPRIVILEGED_ID = 65534  # where no account has that name


class StackError(Exception):
    """The local stack cannot be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class SystemUser:
    """The user that the server runs as. `uid` is None where it is the caller. `named`: the user has an account; containers often run
    as a number that has none."""

    uid: int | None = None
    gid: int | None = None
    named: bool = True

    @property
    def spawn(self) -> dict[str, object]:
        """Arguments of `subprocess` that start a child as this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def system_user(data_dir: Path) -> SystemUser:
    """Return the user for the server on `data_dir`: the caller; for root, the owner of the cluster, or an unprivileged user."""
    import pwd

    if os.geteuid() != 0:
        return SystemUser(named=_has_account(os.geteuid()))
    if (data_dir / "PG_VERSION").exists() and data_dir.stat().st_uid != 0:
        owner = data_dir.stat()
        return SystemUser(owner.st_uid, owner.st_gid, _has_account(owner.st_uid))
    try:
        account = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        return SystemUser(_UNPRIVILEGED_ID, _UNPRIVILEGED_ID, _has_account(_UNPRIVILEGED_ID))
    return SystemUser(account.pw_uid, account.pw_gid)


def _has_account(uid: int) -> bool:
    import pwd

    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def can_reach(path: Path, user: SystemUser) -> bool:
    """Whether `user` may enter every folder above `path`."""
    return all(allows(folder, user, 0o1) for folder in path.resolve().parents if folder.exists())


def allows(path: Path, user: SystemUser, rights: int) -> bool:
    """Whether the mode of `path` gives `user` the rights (4 read, 2 write, 1 enter or run). The caller is given all."""
    if user.uid is None:
        return True
    state = path.stat()
    shift = 6 if state.st_uid == user.uid else 3 if state.st_gid == user.gid else 0
    return (state.st_mode >> shift) & rights == rights


def shared_folder(user: SystemUser) -> Path:
    """Return a folder of the caller's own that `user` can enter and run programs in; it is kept between runs. StackError when this
    machine has none."""
    for folder in _candidates():
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
            if _is_ours(folder):
                folder.chmod(0o755)  # whatever the umask
                if _is_usable(folder, user):
                    return folder
        except OSError:
            continue
    tried = ", ".join(str(folder) for folder in _candidates())
    raise StackError(f"PostgreSQL needs a folder that all users can enter; tried {tried}. Set TMPDIR to one")


def _candidates() -> Iterator[Path]:
    owner = "bdc" if os.geteuid() == 0 else f"bdc-{os.geteuid()}"
    if os.geteuid() == 0:
        yield Path("/var/lib") / owner
    yield Path("/var/tmp") / owner
    try:
        yield Path(tempfile.gettempdir()) / owner
    except FileNotFoundError:  # no folder for temporary files at all
        return


def _is_ours(folder: Path) -> bool:
    """In a folder for temporary files, anyone could have made it: programs are run from it."""
    state = folder.lstat()
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and not state.st_mode & 0o022


def _is_usable(folder: Path, user: SystemUser) -> bool:
    runs = not os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0)
    return runs and os.access(folder, os.W_OK) and can_reach(folder / "any", user)


def usable_home() -> None:
    """Point HOME to a folder that does not exist where the real one is unknown or closed to the caller.

    Clients of PostgreSQL look for files in it before they connect, and a folder that they cannot enter is an error for them.
    """
    try:
        (Path.home() / ".pgpass").stat()
    except FileNotFoundError:
        return
    except (OSError, RuntimeError):
        os.environ["HOME"] = "/nonexistent"
