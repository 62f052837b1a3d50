"""Events from the outbox to NATS JetStream: how many the relay publishes in a second, on a real NATS server."""

import asyncio
import tempfile
import time
from pathlib import Path

import asyncpg

from bdc.stack.up import Running
from tests.bench.events import _ORDERS, EVENTS, ROWS
from tests.support.served import served

_EVENTS = f"""
    insert into app.outbox (event, subject, tenant, payload, key, published_at)
    select 'OrderNoted', o.id::text, o.firm_id::text, jsonb_build_object('title', n::text), jsonb_build_array(o.id::text), null
    from generate_series(1, {EVENTS}) n
    join "order" o on o.id = ('00000001-0000-7000-8000-' || lpad(to_hex(1 + n % {ROWS}), 12, '0'))::uuid
"""
_LEFT = "select count(*) from app.outbox where published_at is null"


def bench_stream() -> int:
    """Measure and print; return 1 where an event was lost or came twice."""
    from tests.relay.test_stream import SERVER, Nats

    if not SERVER.exists():
        print("\nevents to NATS: not measured, nats-server is not installed")
        return 0
    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        Path(scratch).chmod(0o755)
        server = Nats(Path(scratch) / "nats")
        try:
            with served("notices", Path(scratch), NATS_URL=server.url) as up:
                rate = asyncio.run(_measured(up))
            told = [each["id"] for each in server.messages() if each["type"] == "OrderNoted"]
        finally:
            server.stop()
    distinct = len(set(told))
    print(f"\nevents to NATS: {rate:,.0f} per second ({EVENTS:,} events of {ROWS:,} rows, one relay)")
    print(f"published {len(told):,}, distinct {distinct:,}")
    return 0 if distinct == len(told) == EVENTS else 1


async def _measured(up: Running) -> float:
    connection = await asyncpg.connect(up.settings.admin_url)
    await connection.execute(_ORDERS)
    began = time.perf_counter()
    await connection.execute(_EVENTS)
    async with asyncio.timeout(300):
        while await connection.fetchval(_LEFT):
            await asyncio.sleep(0.05)
    seconds = time.perf_counter() - began
    await connection.close()
    return EVENTS / seconds
