"""Limits across replicas: two services count the calls of a caller together in Valkey; while it is away each counts for itself, and nothing fails."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.drills.stage import (
    STARTER,
    Issuer,
    NotRun,
    Service,
    built,
    component,
    execute,
    libraries,
    migrate,
    postgres,
    serve,
)

RATE = 40
CALLS = 60
Say = Callable[[str], None]


async def limits(folder: Path, say: Say) -> None:
    """Of twice as many calls as are allowed, half are refused, whichever service they come to; without Valkey each service allows all of its own."""
    program = _program()
    out, issuer = built(_with_valkey(folder / "specification"), folder / "out"), Issuer(folder / "jwks.json")
    with postgres(folder / "database") as server, _store(program, folder, say) as (process, url):
        await execute(server.superuser_url, "create database starter")
        admin = server.url("postgres", "starter")
        migrate(out, admin, "up", "--all", "--seed")
        await issuer.know(admin)
        settings = {"LIMITS_RATE": str(RATE), "LIMITS_RATE_SECONDS": "36000", "LIMITS_STORE": url}
        services = [
            serve(out, server.url("starter_runtime", "starter"), issuer, folder / f"{name}.log", **settings)
            for name in ("one", "two")
        ]
        found = await _called(services, issuer)
        say(f"with Valkey: {CALLS} calls to each of two services, {dict(found)}")
        assert found[200] == RATE and found[429] == 2 * CALLS - RATE, (
            f"{RATE} calls are allowed, at both together"
        )
        process.terminate()
        process.wait(10)
        began = time.monotonic()
        found = await _called(services, issuer)
        say(f"without Valkey: {CALLS} calls to each, {dict(found)}, in {time.monotonic() - began:.1f} s")
        assert set(found) == {200, 429}, f"a request failed because Valkey is away: {dict(found)}"
        assert found[200] == 2 * RATE, "each service counts for itself"
        for service in services:
            text = httpx.get(f"{service.url}/metrics").text
            assert "rate_limit_store_up 0.0" in text, "the alert has nothing to see"


async def _called(services: list[Service], issuer: Issuer) -> Counter[int]:
    headers = {"authorization": f"Bearer {issuer.token()}"}
    found: Counter[int] = Counter()
    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        for _ in range(CALLS):
            answers = await asyncio.gather(*(client.get(f"{each.url}/v1/tasks") for each in services))
            found.update(answer.status_code for answer in answers)
    return found


def _program() -> str:
    """Return Valkey's server, or that of Redis, which speaks the same protocol and is in Debian 12."""
    try:
        return component("valkey-server", "valkey")
    except NotRun:
        return component("redis-server")


@contextmanager
def _store(program: str, folder: Path, say: Say) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    environment = libraries() or None
    version = subprocess.run(
        [program, "--version"], env=environment, capture_output=True, text=True, check=False
    )
    if version.returncode != 0:
        raise NotRun(f"{program}: {version.stderr.strip()}")
    say(version.stdout.strip())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process, f"valkey://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


def _with_valkey(folder: Path) -> Path:
    shutil.copytree(STARTER, folder)
    deploys = folder / "deploy.bds"
    text = deploys.read_text(encoding="utf-8")
    assert "deploy production {\n" in text
    valkey = "deploy production {\n  valkey: { memory: 64Mi }\n"
    deploys.write_text(text.replace("deploy production {\n", valkey), encoding="utf-8")
    return folder
