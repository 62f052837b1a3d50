"""The first day: roles without superuser, a pooler in transaction mode in front, and a database that comes up a minute late."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.drills.stage import (
    STARTER,
    Issuer,
    Traffic,
    built,
    component,
    execute,
    libraries,
    postgres,
    serve,
    value,
)

LATE = 60
PORT_FILE = "pooler.port"


async def first_day(folder: Path, say: Callable[[str], None]) -> None:
    """Migrated by a role that may make roles and nothing else; ready behind the pooler; the settings hold there."""
    program = component("pgbouncer")
    version = subprocess.run(
        [program, "--version"], env=libraries(), capture_output=True, text=True, check=False
    ).stdout
    say(version.splitlines()[0] if version else "a pooler that does not tell its version")
    out, issuer = built(STARTER, folder / "out"), Issuer(folder / "jwks.json")
    (folder / "password").write_text("s3cretOfTheService\n", encoding="utf-8")
    with postgres(folder / "database") as server:
        owner = server.url("starter_migrator", "starter")
        began = time.monotonic()
        environment = {
            "PATH": os.environ["PATH"],
            "MIGRATION_DATABASE_URL": owner,
            "ENVIRONMENT": "development",
        }
        command = ["up", "--seed", "--wait", "180", "--runtime-password-file", str(folder / "password")]
        job = subprocess.Popen(
            [sys.executable, "-m", "database.migrate", *command], cwd=out, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        await asyncio.sleep(LATE)
        assert job.poll() is None, "the migration waits for a database that is not there yet"
        role = "create role starter_migrator login createrole nosuperuser"
        await execute(server.superuser_url, role, "create database starter owner starter_migrator")
        text, _ = await asyncio.to_thread(job.communicate)
        assert job.returncode == 0, text
        say(
            f"migrated {time.monotonic() - began:.1f} s after the start of the job; the database came after {LATE} s"
        )
        await _roles(server.url("postgres", "starter"), say)
        await issuer.know(server.url("postgres", "starter"))
        await _behind(program, folder, server.port, out, issuer, say)


async def _roles(admin: str, say: Callable[[str], None]) -> None:
    supers = await value(
        admin, "select string_agg(rolname, ', ') from pg_roles where rolsuper and rolname like 'starter%'"
    )
    assert supers is None, f"superusers: {supers}"
    settings = await value(
        admin, "select setconfig from pg_db_role_setting where setrole = 'starter_runtime'::regrole"
    )
    say(f"no role of the system is a superuser; settings of the service's role: {', '.join(settings)}")


async def _behind(
    program: str, folder: Path, port: int, out: Path, issuer: Issuer, say: Callable[[str], None]
) -> None:
    pooler, url = _pooler(program, folder, port)
    try:
        service = serve(
            out, url, issuer, folder / "service.log",
            DATABASE_PASSWORD="s3cretOfTheService", DATABASE_POOLER="true", DATABASE_STATEMENT_TIMEOUT="5",
        )  # fmt: skip
        declared = await value(url, "select current_setting('statement_timeout')")
        say(f"ready behind the pooler; statement_timeout there: {declared}")
        assert declared == "5s", declared
        traffic = Traffic(issuer.token, [service])
        await traffic.until(300)
        traffic.require_none_failed()
        say(traffic.numbers())
        service.stop()
    finally:
        pooler.terminate()
        pooler.wait(10)


def _pooler(program: str, folder: Path, port: int) -> "tuple[subprocess.Popen[bytes], str]":
    """Start PgBouncer in transaction mode; return it and the URL of the service through it."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        own = probe.getsockname()[1]
    place = folder / "pooler"
    place.mkdir(mode=0o777)
    place.chmod(0o777)
    (place / "users").write_text('"starter_runtime" "s3cretOfTheService"\n', encoding="utf-8")
    lines = [
        "[databases]", f"starter = host=127.0.0.1 port={port} dbname=starter user=starter_runtime",
        "[pgbouncer]", "listen_addr=127.0.0.1", f"listen_port={own}", "auth_type=plain", f"auth_file={place}/users",
        "pool_mode=transaction", "default_pool_size=10", "max_client_conn=200", f"logfile={place}/log", "unix_socket_dir=",
    ]  # fmt: skip
    (place / "pgbouncer.ini").write_text("\n".join(lines) + "\n", encoding="utf-8")
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [program, *user, str(place / "pgbouncer.ini")],
        env={**os.environ, **libraries()},
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql://starter_runtime:s3cretOfTheService@127.0.0.1:{own}/starter"
    for _ in range(50):
        log = place / "log"
        if log.exists() and re.search("listening on", log.read_text(encoding="utf-8", errors="replace")):
            break
        time.sleep(0.1)
    return process, url
