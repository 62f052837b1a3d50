"""An outage: Prometheus scrapes a running service; when the service is gone, the alert of an outage fires in its time, and no alert before."""

import asyncio
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.drills.stage import (
    STARTER,
    Issuer,
    Traffic,
    built,
    component,
    execute,
    libraries,
    migrate,
    postgres,
    serve,
)

QUIET = 60.0
LONGEST = 420.0


async def outage(folder: Path, say: Callable[[str], None]) -> None:
    """Quiet while requests are served; `…Down` fires after the service was killed, and nothing else pages."""
    program = component("prometheus")
    out, issuer = built(STARTER, folder / "out"), Issuer(folder / "jwks.json")
    with postgres(folder / "database") as server:
        await execute(server.superuser_url, "create database starter")
        admin = server.url("postgres", "starter")
        migrate(out, admin, "up", "--all", "--seed")
        await issuer.know(admin)
        service = serve(out, server.url("starter_runtime", "starter"), issuer, folder / "service.log")
        process, url = _prometheus(program, folder, out, service.url)
        try:
            traffic = Traffic(issuer.token, [service])
            async with traffic.going_on(callers=1):
                await asyncio.sleep(QUIET)
            traffic.require_none_failed()
            assert await _firing(url) == set(), "an alert fires while everything is well"
            say(f"{QUIET:.0f} s of traffic without an alert: {traffic.numbers()}")
            service.kill()
            began = time.monotonic()
            while not any(name.endswith("Down") for name in await _firing(url)):
                assert time.monotonic() - began < LONGEST, "no alert of the outage"
                await asyncio.sleep(1)
            say(
                f"the outage is alerted {time.monotonic() - began:.0f} s after it began: {', '.join(sorted(await _firing(url)))}"
            )
        finally:
            process.terminate()
            process.wait(20)


def _prometheus(program: str, folder: Path, out: Path, service: str) -> "tuple[subprocess.Popen[bytes], str]":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "prometheus.yml"
    configuration.write_text(
        f"""global: {{scrape_interval: 5s, evaluation_interval: 5s}}
rule_files: [{out}/infrastructure/monitoring/rules.yml]
scrape_configs:
  - job_name: starter
    static_configs: [{{targets: ["{service.removeprefix("http://")}"]}}]
""",
        encoding="utf-8",
    )
    command = [
        program, f"--config.file={configuration}", f"--storage.tsdb.path={folder}/series", f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=libraries() or None)
    for _ in range(200):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/-/ready", timeout=2).status_code == 200:
                return process, f"http://127.0.0.1:{port}"
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    process.kill()
    raise RuntimeError("Prometheus did not start")


async def _firing(url: str) -> set[str]:
    async with httpx.AsyncClient(base_url=url) as client:
        alerts = (await client.get("/api/v1/alerts")).json()["data"]["alerts"]
    return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}
