"""Runs of a job in a second: the emitted worker beside plain procrastinate, both with four runs at once, each run one change of a row.

The emitted worker does more for each run: it locks the place of the run, changes the row under row level security with its audit entry, and keeps that the run is
done in the same transaction.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from bdc.stack.up import Running
from tests.bench.celery_peer import celery_rate
from tests.support.served import served

RUNS = 500
_ORDERS = f"""
    insert into "order" (company_id, id, total, invoiced, due, version)
    select c.id, ('00000001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 5, false, now(), 1
    from generate_series(1, {RUNS}) n, company c where c.name = 'Acme'
"""
_QUEUED = f"""
    select count(app.enqueue('Refused', jsonb_build_object('order_id', o.id, 'times', 1, 'tenant of the caller', o.company_id),
      null, null, null, 0)) from (select * from "order" where total = 5 limit {RUNS}) o
"""
_EMITTED = "select count(*) from app.procrastinate_jobs where status = 'succeeded'"
_PLAIN = "select count(*) from procrastinate_jobs where status = 'succeeded'"
_WORKER = """
import asyncio, sys
from procrastinate import App, PsycopgConnector
app = App(connector=PsycopgConnector(conninfo=sys.argv[1], min_size=1, max_size=8))

@app.task(name="change", queue="change")
async def change(id: int) -> None:
    async with app.connector.pool.connection() as connection:
        await connection.execute('update plain set total = total - 1 where id = %s', (id,))

async def main() -> None:
    async with app.open_async():
        if sys.argv[2] == "schema":
            await app.schema_manager.apply_schema_async()
        else:
            await app.run_worker_async(concurrency=4, queues=["change"])

asyncio.run(main())
"""
_PLAIN_ROWS = f"create table plain (id bigint primary key, total int); insert into plain select n, 5 from generate_series(1, {RUNS}) n"
_PLAIN_QUEUED = (
    "insert into procrastinate_jobs (queue_name, task_name, args)"
    " select 'change', 'change', jsonb_build_object('id', id) from plain"
)


def bench_jobs() -> int:
    """Measure and print; return 1 where a run was lost or done twice."""
    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        Path(scratch).chmod(0o755)
        with served("billing", Path(scratch)) as up:
            emitted, right = asyncio.run(_emitted(up))
            up.end_worker()
            plain = asyncio.run(_plain(up, Path(scratch)))
            celery = asyncio.run(celery_rate(_plain_url(up), RUNS))
    print(
        f"\nruns of a job: {emitted:,.0f} per second, plain procrastinate {plain:,.0f} ({RUNS:,} runs, four at once)"
    )
    told = "not measured, see tests/bench/celery_peer.py" if celery is None else f"{celery:,.0f} per second"
    print(f"Celery, acknowledged late, four processes: {told}")
    return 0 if right else 1


async def _emitted(up: Running) -> tuple[float, bool]:
    connection = await asyncpg.connect(up.settings.admin_url)
    await connection.execute(_ORDERS)
    began = time.perf_counter()
    await connection.execute(_QUEUED)
    await _reached(connection, _EMITTED)
    seconds = time.perf_counter() - began
    changed = await connection.fetchval('select count(*) from "order" where total = 4')
    await connection.close()
    return RUNS / seconds, changed == RUNS


async def _plain(up: Running, scratch: Path) -> float:
    admin = await asyncpg.connect(up.settings.admin_url)
    await admin.execute("create database plain")
    await admin.close()
    url = _plain_url(up)
    program = scratch / "plain_worker.py"
    program.write_text(_WORKER, encoding="utf-8")
    await asyncio.to_thread(subprocess.run, [sys.executable, str(program), url, "schema"], check=True)
    connection = await asyncpg.connect(url)
    await connection.execute(_PLAIN_ROWS)
    worker = subprocess.Popen([sys.executable, str(program), url, "work"])
    try:
        await _reached(connection, "select count(*) from procrastinate_workers", 1)
        began = time.perf_counter()
        await connection.execute(_PLAIN_QUEUED)
        await _reached(connection, _PLAIN)
        return RUNS / (time.perf_counter() - began)
    finally:
        worker.terminate()
        await asyncio.to_thread(worker.wait)
        await connection.close()


def _plain_url(up: Running) -> str:
    return up.settings.admin_url.rpartition("/")[0] + "/plain"


async def _reached(connection: "asyncpg.Connection[asyncpg.Record]", sql: str, wanted: int = RUNS) -> None:
    async with asyncio.timeout(300):
        while await connection.fetchval(sql) < wanted:
            await asyncio.sleep(0.05)
