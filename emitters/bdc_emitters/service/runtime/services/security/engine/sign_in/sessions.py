"""Sessions: tokens that this service issues, and the caller of each. A session is looked up with each request, so that one that ended, a
caller that is gone or not active, and a membership that was removed count at once."""

import asyncio
import base64
import binascii
import hashlib
import logging
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from services.about import SYSTEM
from services.data.engine.database import Database
from services.engine.config import TokenSettings
from services.engine.problems import Problem
from services.security import sign_in
from services.security.engine.actor import Actor
from services.security.engine.claims import ClaimReader, ClaimRule, refused
from services.security.engine.encryption import FieldCipher
from services.security.engine.sign_in.passwords import Passwords
from services.security.engine.sign_in.signing_keys import ALGORITHM, SigningKeys, signed
from services.security.engine.sign_in.throttle import Throttle
from services.security.engine.tokens import TokenVerifier

log = logging.getLogger("services.security.sessions")

ISSUER = f"urn:{SYSTEM}:sign-in"
ACTOR = "select app.session_actor($1, $2)::text"
OPEN = "select app.session_open($1, $2, $3, $4, $5)"
REFRESH = "select outcome, session, caller from app.session_refresh($1, $2, $3, $4)"
HOLDER = "select app.key_actor($1)::text"
KEY_PREFIX = f"{SYSTEM}_user_".encode()
PURGE = "select app.session_purge($1)"
CHALLENGE = ((b"www-authenticate", b"Bearer"),)
PURGE_SECONDS = 300.0
AT_ONCE = 1_000


class Opened(NamedTuple):
    """What a caller gets that signed in. `refresh` is '' where sessions are not continued."""

    access: str
    refresh: str


class _Sessions(ClaimReader):
    """Reads the tokens of this service: they name a session, and nothing else in them is believed."""

    def read(self, payload: Mapping[str, Any]) -> Actor:
        claims = {name: payload.get(name) for name in ("sub", "sid")}
        if not all(isinstance(value, str) for value in claims.values()):
            raise refused("The token names no session.")
        return Actor(claims, frozenset(), ())


class Sessions:
    """Everything about sign-in that one process holds."""

    def __init__(
        self,
        settings: TokenSettings,
        database: Database,
        cipher: FieldCipher,
        rules: Sequence[ClaimRule],
        roles: frozenset[str],
    ) -> None:
        tokens = replace(settings, issuer=ISSUER, audience=SYSTEM, algorithms=(ALGORITHM,), types=("at+jwt",))
        self.database = database
        self.names = [rule.name for rule in rules]
        self.keys = SigningKeys(database, cipher, sign_in.ACCESS_SECONDS)
        self.passwords = Passwords()
        self.throttle = Throttle()
        self._verifier = TokenVerifier(tokens, self.keys, _Sessions(rules, roles))
        self._reader = ClaimReader(
            [replace(rule, optional=rule.optional or rule.name == sign_in.TENANT_CLAIM) for rule in rules],
            roles,
        )
        self._purged_at = time.monotonic()
        self._purging: asyncio.Task[None] | None = None

    def issued(self, token: bytes) -> bool:
        """Say whether a token says that it is from here. Nothing else of it is looked at yet."""
        parts = token.split(b".")
        try:
            body = (
                base64.urlsafe_b64decode(parts[1] + b"=" * (-len(parts[1]) % 4)) if len(parts) == 3 else b"{}"
            )
            payload = orjson.loads(body)
        except (binascii.Error, ValueError):
            return False
        return isinstance(payload, dict) and payload.get("iss") == ISSUER

    async def session(self, token: bytes) -> str:
        """Return the session of a token. Raises `unauthenticated`."""
        return str((await self._verifier.verify(token)).claims["sid"])

    async def actor(self, token: bytes, headers: Mapping[bytes, bytes]) -> Actor:
        """Return the caller. Raises `unauthenticated`, and `forbidden` for a tenant that the caller is not in."""
        found = await self.found(await self.session(token), headers)
        return self._reader.read(found["claims"])

    async def found(self, session: str, headers: Mapping[bytes, bytes]) -> dict[str, Any]:
        """Return the claims of a session and the caller's tenants."""
        tenant = (
            headers.get(sign_in.TENANT_HEADER, b"").decode("latin-1")[:200] if sign_in.TENANT_HEADER else ""
        )
        text = await self.database.fetchval(ACTOR, session, tenant)
        if text is None:
            raise refused("The session has ended.")
        found: dict[str, Any] = orjson.loads(text)
        if tenant and found["claims"].get(sign_in.TENANT_SOURCE) is None:
            raise Problem("forbidden", "The caller is not a member of this tenant.")
        return found

    def made(self, key: bytes) -> bool:
        """Say whether an API key is one that a caller made here."""
        return sign_in.KEYS and key.startswith(KEY_PREFIX)

    async def holder(self, key: bytes) -> Actor:
        """Return the caller that made a key, with those of its roles that the key may use. Raises `unauthenticated`."""
        text = await self.database.fetchval(HOLDER, hashlib.sha256(key).digest())
        found = orjson.loads(text) if text is not None else {}
        claims = found.get("claims")
        if claims is None or (found["tenant"] is not None and claims.get(sign_in.TENANT_SOURCE) is None):
            raise refused("The API key is unknown, expired or revoked.")
        if found["roles"] is not None and sign_in.ROLES_SOURCE:
            claims[sign_in.ROLES_SOURCE] = carried(claims.get(sign_in.ROLES_SOURCE) or (), found["roles"])
        return self._reader.read(claims)

    async def open(self, caller: str, operation: str, request_id: str) -> Opened:
        """Begin a session of `caller`."""
        self._purge_now_and_then()
        fresh, digest = new_refresh_token() if sign_in.REFRESH_SECONDS else ("", None)
        seconds = sign_in.REFRESH_SECONDS or sign_in.ACCESS_SECONDS
        session = await self.database.fetchval(OPEN, caller, digest, seconds, operation, request_id)
        return Opened(await self._token(caller, str(session)), fresh)

    async def refresh(self, token: str, request_id: str) -> Opened:
        """Continue a session: its refresh token is exchanged for the next one. Raises `refresh-refused`."""
        fresh, digest = new_refresh_token()
        row = await self.database.fetchrow(
            REFRESH, hash_of(token), digest, sign_in.REFRESH_SECONDS, request_id
        )
        if row is None or row["outcome"] != "refreshed":
            if row is not None and row["outcome"] == "reused":
                log.warning(
                    "a refresh token came a second time: its session has ended",
                    extra={"request_id": request_id},
                )
            raise Problem(
                "refresh-refused", "The refresh token is unknown, used or expired.", headers=CHALLENGE
            )
        return Opened(await self._token(row["caller"], str(row["session"])), fresh)

    async def _token(self, caller: str, session: str) -> str:
        now = int(time.time())
        times = {"iat": now, "nbf": now, "exp": now + sign_in.ACCESS_SECONDS}
        names = {"iss": ISSUER, "aud": SYSTEM, "sub": caller, "sid": session}
        return await signed(self.keys, {**names, **times})

    def _purge_now_and_then(self) -> None:
        if time.monotonic() - self._purged_at > PURGE_SECONDS and self._purging is None:
            self._purged_at = time.monotonic()
            self._purging = asyncio.get_running_loop().create_task(self._purge())
            self._purging.add_done_callback(self._purge_ended)

    def _purge_ended(self, _: "asyncio.Task[None]") -> None:
        self._purging = None

    async def _purge(self) -> None:
        try:
            while await self.database.fetchval(PURGE, AT_ONCE) == AT_ONCE:
                await asyncio.sleep(0.1)
        except Problem as problem:
            log.warning("old sessions could not be removed: %s", problem.detail)


def carried(held: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return those of the roles `wanted` that a caller with the roles `held` has, itself or by one that extends them."""
    own = set(held)
    return sorted(role for role in wanted if own & sign_in.GRANTED_BY.get(role, frozenset()))


def new_key() -> tuple[str, str, bytes]:
    """Return a new API key, its prefix (which may be shown) and its hash (which is stored)."""
    prefix = f"{KEY_PREFIX.decode()}{secrets.token_hex(4)}"
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    return key, prefix, hash_of(key)


def new_refresh_token() -> tuple[str, bytes]:
    """Return a refresh token and its hash, which is all that is stored."""
    token = secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> bytes:
    """Return the hash that a token is found by."""
    return hashlib.sha256(token.encode()).digest()
