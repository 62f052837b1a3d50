"""API keys for callers in development: the keys of a second identity, which shows no tokens."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

_INSERT = "insert into app.api_key (prefix, hash, identity_key, claims, expires_at) values ($1, $2, $3, $4, now() + make_interval(secs => $5))"


def make_key(url: str, system: str, caller: str, claims: Mapping[str, Any], seconds: int) -> str:
    """Store a key with `claims` in the database at `url`, and return it. OSError, asyncpg's errors."""
    prefix = f"{system}_{secrets.token_hex(4)}"
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    digest = hashlib.sha256(key.encode()).digest()
    asyncio.run(_insert(url, prefix, digest, caller, json.dumps(claims), seconds))
    return key


async def _insert(url: str, *values: object) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_INSERT, *values)
    finally:
        await connection.close()
