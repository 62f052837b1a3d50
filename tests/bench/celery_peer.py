"""The same change of a row by Celery on Valkey or Redis: four processes, acknowledged after the work as the emitted worker does.

Celery is no dependency of this project: `CELERY_PYTHON` names an interpreter that has celery, redis and psycopg, `BROKER_SERVER` the program of the broker
(`valkey-server`, `redis-server`). Without them nothing is measured, and that is said.
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import asyncpg

from bdc.stack.backend import free_port

_PROGRAM = """
import os, sys
import psycopg
from celery import Celery

app = Celery("celery_peer_program", broker=os.environ["BROKER"])
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1, task_ignore_result=True)
connection = None

@app.task
def change(id):
    global connection
    connection = connection or psycopg.connect(os.environ["ROWS"], autocommit=True)
    connection.execute("update plain set total = total - 1 where id = %s", (id,))

if __name__ == "__main__":
    for id in range(1, int(sys.argv[1]) + 1):
        change.delay(id)
"""


async def celery_rate(url: str, runs: int) -> float | None:
    """Return the runs per second on table `plain` of the database at `url`, which has a row with total 5 for each; None: not installed."""
    python = os.environ.get("CELERY_PYTHON")
    server = os.environ.get("BROKER_SERVER") or shutil.which("valkey-server") or shutil.which("redis-server")
    if python is None or server is None:
        return None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "celery_peer_program.py").write_text(_PROGRAM, encoding="utf-8")
        port = free_port()
        environment = {**os.environ, "BROKER": f"redis://127.0.0.1:{port}/0", "ROWS": url, "PYTHONPATH": ""}
        broker = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        worker = [
            python,
            "-m",
            "celery",
            "-A",
            "celery_peer_program",
            "worker",
            "-c",
            "4",
            "--loglevel=ERROR",
        ]
        for command in (broker, worker):
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            await _answers(port, process)
        return await _measured(url, runs, [python, "celery_peer_program.py"], folder, environment)


async def _answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the broker takes connections. RuntimeError where the program has ended."""
    async with asyncio.timeout(30):
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)


async def _measured(
    url: str, runs: int, queue: list[str], folder: Path, environment: dict[str, str]
) -> float:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("update plain set total = 5")
        # The first one starts everything, and is not counted.
        await _queued(queue, folder, environment, 1)
        await _reached(connection, 1)
        await connection.execute("update plain set total = 5")
        began = time.perf_counter()
        await _queued(queue, folder, environment, runs)
        await _reached(connection, runs)
        return runs / (time.perf_counter() - began)
    finally:
        await connection.close()


async def _queued(queue: list[str], folder: Path, environment: dict[str, str], runs: int) -> None:
    await asyncio.to_thread(
        subprocess.run, [*queue, str(runs)], cwd=folder, env=environment, check=True, timeout=300
    )


async def _reached(connection: "asyncpg.Connection[asyncpg.Record]", runs: int) -> None:
    async with asyncio.timeout(300):
        while await connection.fetchval("select count(*) from plain where total = 4") < runs:
            await asyncio.sleep(0.05)
