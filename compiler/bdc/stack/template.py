"""A cluster for one run, copied from one that `initdb` has made before: `initdb` takes longer than all that a command asks of it.

The copy is kept in the user's own cache, which no other user reads. It holds no data, only the password of its superuser, which
every throw-away cluster of this user has then.
"""

import shutil
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from bdc.source import user_cache
from bdc.stack.cluster import own, password_of, prepare
from bdc.stack.programs import programs
from bdc.stack.reach import SystemUser

_MADE = "PG_VERSION"


def prepare_temporary(data_dir: Path, user: SystemUser) -> str:
    """Make the empty folder `data_dir` a cluster and return the superuser's password. Raises StackError as `prepare`."""
    kept = _kept(user)
    if kept is None:
        return prepare(data_dir, user, durable=False)
    if (kept / _MADE).exists() and _copied(kept, data_dir):
        own(data_dir, user)
        return password_of(data_dir)
    password = prepare(data_dir, user, durable=False)
    _keep(data_dir, kept)
    return password


def _kept(user: SystemUser) -> Path | None:
    """Return where the copy for this `initdb` is kept; another release of it makes another cluster."""
    folder, initdb = user_cache(), programs(user) / "initdb"
    try:
        made = initdb.resolve().stat()
    except OSError:
        return None
    digest = sha256(f"{initdb.resolve()} {made.st_size} {made.st_mtime_ns}".encode()).hexdigest()[:16]
    return folder / f"cluster-{digest}" if folder is not None else None


def _copied(kept: Path, data_dir: Path) -> bool:
    try:
        shutil.copytree(kept, data_dir, copy_function=_copy, dirs_exist_ok=True)
    except (OSError, shutil.Error):
        for child in data_dir.iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        return False
    return True


def _copy(source: str, target: str) -> None:
    """Read and write: what the system offers for copying files waits for the disk on some file systems."""
    Path(target).write_bytes(Path(source).read_bytes())


def _keep(data_dir: Path, kept: Path) -> None:
    """Copy beside the final place, then rename: another process sees the whole copy or none."""
    with suppress(OSError, shutil.Error):
        for old in kept.parent.glob("cluster-*"):
            shutil.rmtree(old, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix="making-", dir=kept.parent))
        try:
            shutil.copytree(data_dir, scratch / "cluster", copy_function=_copy)
            (scratch / "cluster").rename(kept)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
