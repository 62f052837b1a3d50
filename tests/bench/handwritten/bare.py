"""What a get costs before a service does anything of its own: Granian, asyncpg, and the statements of the emitted service.

It checks no token, counts nothing and logs nothing. `BARE` holds the statements and the caller's identity (JSON), `POOL` connections.
"""

import asyncio
import json
import os
from collections import deque
from typing import Any

import asyncpg
import orjson

_TOLD = json.loads(os.environ.get("BARE", "{}"))
_idle: list[Any] = []
_waiting: deque[asyncio.Future[Any]] = deque()
_ORDERS = len("/v1/orders/")


async def _connect() -> Any:
    settings = {"plan_cache_mode": "force_generic_plan"}
    connection = await asyncpg.connect(os.environ["DATABASE_URL"], server_settings=settings)
    return {name: await connection.prepare(_TOLD[name]) for name in ("get", "graphql")}


async def _body(name: str, key: str) -> bytes:
    if _idle:
        statements = _idle.pop()
    else:
        _waiting.append(asyncio.get_running_loop().create_future())
        statements = await _waiting[-1]
    row = await statements[name].fetchrow(*_TOLD["identity"], key)
    if _waiting:
        _waiting.popleft().set_result(statements)
    else:
        _idle.append(statements)
    body: bytes = row[0].encode()
    return body if name == "get" else b'{"data":' + body + b"}"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer `/v1/orders/{id}`, one GraphQL document by its variable `id`, and `/readyz`."""
    if scope["type"] == "lifespan":
        await receive()
        _idle.extend([await _connect() for _ in range(int(os.environ["POOL"]))])
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["method"] == "POST":
        body = await _body("graphql", orjson.loads((await receive())["body"])["variables"]["id"])
    else:
        body = await _body("get", scope["path"][_ORDERS:]) if scope["path"] != "/readyz" else b"{}"
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
