"""A second server that follows a first one: made by `pg_basebackup`, streaming, promoted when it is asked to."""

import os
import subprocess
import time
from pathlib import Path

from bdc.stack.cluster import plain_environment
from bdc.stack.programs import programs
from bdc.stack.reach import system_user
from bdc.stack.server import Server, start

NAME = "standby"


def base_backup(server: Server, data: Path, target: Path, *options: str, name: str = NAME) -> None:
    """Take a base backup as CloudNativePG does: over a connection for replication."""
    place = data.resolve()
    rule = "host replication postgres 127.0.0.1/32 scram-sha-256\n"
    hba = place / "pg_hba.conf"
    if rule not in hba.read_text(encoding="utf-8"):
        hba.write_text(hba.read_text(encoding="utf-8") + rule, encoding="utf-8")
    user = system_user(place)
    if user.uid is not None and user.gid is not None:
        # The server sends every file of its folder, and may not read what is of its starter alone.
        os.chown(place / "superuser_password", user.uid, user.gid)
    folder = programs(user)
    run([str(folder / "pg_ctl"), "reload", "-D", str(place)], user.spawn)
    url = f"{server.superuser_url}?application_name={name}"
    run([str(folder / "pg_basebackup"), "-d", url, "-D", str(target), "--checkpoint=fast", *options], {})


def standby_of(server: Server, data: Path, target: Path) -> Server:
    """Return a running server that streams from `server`, whose data are in `data`."""
    from bdc.stack.cluster import own

    base_backup(server, data, target, "--wal-method=stream", "-R")
    own(target, system_user(data))
    return start(target, durable=True)


def promote(standby: Server) -> float:
    """Make a standby a primary; return how many seconds that took."""
    began = time.monotonic()
    user = system_user(standby.data_dir)
    run(
        [str(programs(user) / "pg_ctl"), "promote", "-w", "-D", str(standby.data_dir.resolve())],
        user.spawn,
    )
    return time.monotonic() - began


def run(command: list[str], spawn: dict[str, object]) -> None:
    """Run a program of PostgreSQL. RuntimeError with what it says."""
    done = subprocess.run(
        command, capture_output=True, text=True, env=plain_environment(), cwd="/", check=False, **spawn
    )  # type: ignore[call-overload]
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr}")
