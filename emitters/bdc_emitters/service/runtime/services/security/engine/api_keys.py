"""API keys: 32 random bytes after a readable prefix; only their SHA-256 is stored, and they are shown once.

From the command line (with a connection that may write `app.api_key`):

    python -m services.security.api_keys create --claim id=<uuid> --claim org=<uuid> --role member [--days 90]
    python -m services.security.api_keys create --identity Device --claim id=<uuid> --role sensor
    python -m services.security.api_keys revoke <prefix>
    python -m services.security.api_keys list
"""

import argparse
import asyncio
import hashlib
import os
import re
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from services.about import SYSTEM
from services.data.engine.database import Database
from services.engine.problems import Problem
from services.security.engine.actor import Actor
from services.security.engine.claims import ClaimReader, refused
from services.security.identity import CLAIMS, KEYS_OF_MAIN, MADE_KEYS, OTHERS, ROLES

KEY = re.compile(rb"[a-z0-9_]{1,80}_[a-z0-9]{8}_[A-Za-z0-9_-]{43}")
CACHE_SECONDS = 30.0
CACHE_SIZE = 10_000
# Keys that are looked up at the same time: made-up ones must not take every connection.
LOOK_UPS = 4
# Keys that callers made for rows: they are looked up with each request, so that one that was revoked, and what changes in its row, counts at once.
MADE = f"{SYSTEM}_row_".encode()
USED = "select app.issued_key_used($1)"
USED_SECONDS = 60.0
FIND = "select claims::text, extract(epoch from expires_at)::float8 from app.api_key_find($1)"


class ApiKeys:
    """Looks keys up by hash; the answer, also `unknown`, is kept for half a minute: revocation takes at most that long. Keys that callers
    made for rows are looked up each time."""

    def __init__(self, database: Database, claims: ClaimReader) -> None:
        self._database = database
        self._claims = claims
        self._cache: dict[bytes, tuple[float, Actor]] = {}
        self._unknown: dict[bytes, float] = {}
        self._used: dict[bytes, float] = {}
        self._looking = asyncio.Semaphore(LOOK_UPS)

    async def verify(self, key: bytes) -> Actor:
        """Return the actor of `key`. Raises `unauthenticated` for a malformed, unknown, expired or revoked one."""
        if not KEY.fullmatch(key):
            raise refused("The API key is malformed.")
        digest = hashlib.sha256(key).digest()
        if MADE_KEYS and key.startswith(MADE):
            return await self._made(digest)
        cached = self._cache.get(digest)
        if cached is not None and cached[0] > time.time():
            return cached[1]
        if self._unknown.get(digest, 0.0) > time.time():
            raise _no_key()
        return await self._look_up(digest)

    async def _made(self, digest: bytes) -> Actor:
        """Return the actor of a key that a caller made, and note now and then that it was shown. Raises `unauthenticated`."""
        actor, _ = await self._found(digest, digest in self._used)
        if actor is None:
            self._used.pop(digest, None)
            raise _no_key()
        now = time.monotonic()
        if now - self._used.get(digest, float("-inf")) > USED_SECONDS:
            if len(self._used) >= CACHE_SIZE:
                self._used.clear()
            self._used[digest] = now
            await self._database.fetchval(USED, digest)
        return actor

    async def _look_up(self, digest: bytes) -> Actor:
        """Return the actor of a key, and keep it. Made-up keys are kept apart: they push out no others. Raises `unauthenticated`."""
        actor, expires = await self._found(digest, digest in self._cache)
        until = time.time() + CACHE_SECONDS
        if actor is None:
            self._cache.pop(digest, None)
            _keep(self._unknown, digest, until)
            raise _no_key()
        _keep(self._cache, digest, (until if expires is None else min(until, expires), actor))
        return actor

    async def _found(self, digest: bytes, known: bool) -> tuple[Actor | None, float | None]:
        """Return the actor of a key, None where there is no such key, and when it expires. A key that was good before (`known`) does not wait
        behind made-up ones."""
        if known:
            return await self._asked(digest)
        async with self._looking:
            return await self._asked(digest)

    async def _asked(self, digest: bytes) -> tuple[Actor | None, float | None]:
        row = await self._database.fetchrow(FIND, digest)
        return (self._claims.read(orjson.loads(row[0])), row[1]) if row is not None else (None, None)


def _keep(cache: dict[bytes, Any], digest: bytes, entry: Any) -> None:
    if len(cache) >= CACHE_SIZE and digest not in cache:
        cache.clear()
    cache[digest] = entry


def _no_key() -> Problem:
    return refused("The API key is unknown, expired or revoked.")


def new_key() -> tuple[str, str, bytes]:
    """Return a new key, its prefix (which may be shown and logged) and its hash (which is stored)."""
    prefix = f"{SYSTEM}_{secrets.token_hex(4)}"
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    return key, prefix, hashlib.sha256(key.encode()).digest()


def key_reader() -> ClaimReader:
    """Return what makes actors of the claims of keys: of the identities that show keys."""
    return ClaimReader(CLAIMS, ROLES, OTHERS, main=KEYS_OF_MAIN)


async def create(connection: Any, claims: dict[str, Any], expires: datetime | None) -> str:
    """Store a new key for `claims` (by token member) and return it; it cannot be shown again."""
    actor = key_reader().read(claims)
    key, prefix, digest = new_key()
    await connection.execute(
        "insert into app.api_key (prefix, hash, identity_key, claims, expires_at) values ($1, $2, $3, $4, $5)",
        prefix,
        digest,
        actor.caller or (actor.identity[0] if actor.identity else ""),
        orjson.dumps(claims).decode(),
        expires,
    )
    return key


async def _run(arguments: argparse.Namespace) -> int:
    connection = await asyncpg.connect(arguments.database)
    try:
        if arguments.command == "create":
            expires = datetime.now(UTC) + timedelta(days=arguments.days) if arguments.days else None
            print(await create(connection, _claims(arguments), expires))
            return 0
        if arguments.command == "revoke":
            status = await connection.execute(
                "update app.api_key set revoked_at = now() where prefix = $1 and revoked_at is null",
                arguments.prefix,
            )
            print("revoked" if status == "UPDATE 1" else "there is no such active key")
            return 0 if status == "UPDATE 1" else 1
        for row in await connection.fetch(
            "select prefix, claims::text, expires_at, revoked_at from app.api_key order by prefix"
        ):
            print(*(row[name] if row[name] is not None else "-" for name in row.keys()), sep="\t")  # noqa: SIM118
        return 0
    finally:
        await connection.close()


def _claims(arguments: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, str] = dict(pair.split("=", 1) for pair in arguments.claim)
    sources = {rule.name: rule.source for rule in CLAIMS}
    other = next((each for each in OTHERS if each.entity == arguments.identity), None)
    if other is not None:
        sources["id"] = other.source
    claims: dict[str, Any] = {sources.get(name, name): value for name, value in given.items()}
    for rule in CLAIMS:
        if rule.kind == "roles":
            claims[rule.source] = arguments.role
    return claims


def main() -> int:
    """Parse the command line and run one command."""
    parser = argparse.ArgumentParser(
        prog="python -m services.security.api_keys", description="Manage API keys."
    )
    parser.add_argument(
        "--database", default=os.environ.get("MIGRATION_DATABASE_URL") or os.environ.get("DATABASE_URL")
    )
    commands = parser.add_subparsers(dest="command", required=True)
    creating = commands.add_parser("create", help="make a key and show it once")
    creating.add_argument("--claim", action="append", default=[], metavar="NAME=VALUE")
    creating.add_argument(
        "--identity",
        choices=("", *(other.entity for other in OTHERS)),
        default="",
        help="whose key it is, beside the main identity",
    )
    creating.add_argument("--role", action="append", default=[])
    creating.add_argument("--days", type=int, default=0, help="days until it expires (default: never)")
    commands.add_parser("revoke", help="make a key useless").add_argument("prefix")
    commands.add_parser("list", help="show all keys by prefix")
    return asyncio.run(_run(parser.parse_args()))
