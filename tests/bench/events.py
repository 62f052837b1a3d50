"""Events from the outbox to an endpoint: how many the relay routes and delivers in a second, one subscription, events of many rows."""

import asyncio
import tempfile
import time
from pathlib import Path

import asyncpg

from bdc.stack.up import Running
from tests.relay.receiver import Receiver
from tests.support.served import client_of, served

ROWS, EVENTS = 1_000, 10_000
SECRET = "whsec_" + "QUJD" * 8
_ORDERS = f"""
    insert into "order" (id, firm_id, user_id, title)
    select ('00000001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, u.firm_id, u.id, 'x'
    from generate_series(1, {ROWS}) n, "user" u where u.name = 'Ann'
"""
_EVENTS = f"""
    insert into app.outbox (event, subject, tenant, payload, key)
    select 'OrderNoted', o.id::text, o.firm_id::text, jsonb_build_object('title', n::text), jsonb_build_array(o.id::text)
    from generate_series(1, {EVENTS}) n
    join "order" o on o.id = ('00000001-0000-7000-8000-' || lpad(to_hex(1 + n % {ROWS}), 12, '0'))::uuid
"""
_VERIFIED = "select count(*) from app.webhook where verified_at is not null"
_SENT = "select count(*) from app.webhook_delivery where sent_at is not null"


def bench_events() -> int:
    """Measure and print; return 1 where an event was lost."""
    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        Path(scratch).chmod(0o755)
        with served("notices", Path(scratch)) as up:
            return asyncio.run(_measured(up))


async def _measured(up: Running) -> int:
    told = Receiver(secret=SECRET)
    server = await asyncio.start_server(lambda reader, writer: _answer(told, reader, writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connection = await asyncpg.connect(up.settings.admin_url)
    body = {"url": f"http://127.0.0.1:{port}/", "secret": SECRET, "events": ["OrderNoted"]}
    with client_of(up, "acme.ann", "clerk") as client:
        await asyncio.to_thread(client.post, "/v1/hooks", json=body)
    await _reached(connection, _VERIFIED, 1)
    await connection.execute(_ORDERS)
    began = time.perf_counter()
    await connection.execute(_EVENTS)
    await _reached(connection, _SENT, EVENTS)
    seconds = time.perf_counter() - began
    await connection.close()
    distinct = len({each["id"] for each in told.events})
    print(
        f"\nevents to a webhook: {EVENTS / seconds:,.0f} per second ({EVENTS:,} events of {ROWS:,} rows, one relay)"
    )
    print(f"delivered {len(told.events):,}, distinct {distinct:,}")
    return 0 if distinct == EVENTS else 1


async def _reached(connection: "asyncpg.Connection[asyncpg.Record]", sql: str, wanted: int) -> None:
    async with asyncio.timeout(300):
        while await connection.fetchval(sql) < wanted:
            await asyncio.sleep(0.05)


async def _answer(told: Receiver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    pairs = (line.partition(": ") for line in head.split("\r\n")[1:])
    headers = {name.lower(): value for name, _, value in pairs}
    status, body = told.take(headers, await reader.readexactly(int(headers["content-length"])))
    writer.write(b"HTTP/1.1 %d x\r\ncontent-length: %d\r\n\r\n" % (status, len(body)) + body)
    await writer.drain()
    writer.close()
