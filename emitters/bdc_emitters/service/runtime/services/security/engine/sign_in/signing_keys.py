"""The service's own signing keys: ES256, in the database, their private halves encrypted. A key is published before it signs, and
verifies until the last token that it signed has expired."""

import asyncio
import json
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

from services.data.engine.database import Database
from services.engine.problems import Problem, unavailable
from services.security.engine.encryption import FieldCipher

if TYPE_CHECKING:
    from services.security.engine.signatures import PublicKey

log = logging.getLogger("services.security.signing_keys")

ALGORITHM = "ES256"
KEYS = "select id, public_key, private_key, age from app.signing_keys()"
ADD = "select app.signing_key_add($1, $2, $3, $4, $5, $6)"
ROTATE_SECONDS = 30 * 86_400
PUBLISHED_SECONDS = 900.0  # before it signs: longer than others keep the key set
FRESH_SECONDS = 60.0
AGAIN_SECONDS = 1.0


class SigningKeys:
    """Keys by id. Also what tokens of this service are verified with: `generation` changes whenever the set does."""

    def __init__(self, database: Database, cipher: FieldCipher, lifetime: int) -> None:
        self._database = database
        self._cipher = cipher
        self._keep = int(PUBLISHED_SECONDS) + lifetime + 3_600
        self._public: dict[str, PublicKey] = {}
        self._members: list[dict[str, Any]] = []
        self._private: tuple[str, str] = ("", "")
        self._opened: tuple[str, Any] = ("", None)
        self._loaded_at = float("-inf")
        self._loading: asyncio.Task[None] | None = None
        self.generation = 0

    async def key(self, key_id: str) -> "PublicKey | None":
        """Return the public key; one that is not known is looked for at most once a second."""
        age = time.monotonic() - self._loaded_at
        if age > FRESH_SECONDS or (key_id not in self._public and age > AGAIN_SECONDS):
            await self._load_once()
        return self._public.get(key_id)

    def refresh_in_background(self) -> None:
        """Start to load the keys again when they are not fresh; meanwhile the old ones serve."""
        if time.monotonic() - self._loaded_at > FRESH_SECONDS and self._loading is None:
            self._start()

    async def document(self) -> dict[str, Any]:
        """Return the key set (RFC 7517)."""
        await self._fresh()
        return {"keys": self._members}

    async def signing(self) -> tuple[str, Any]:
        """Return the id of the key that signs, and the key. Raises `unavailable`."""
        await self._fresh()
        key_id, sealed = self._private
        if not key_id:
            raise unavailable("There is no key to sign tokens with.", 2)
        if self._opened[0] != key_id:
            from joserfc.jwk import ECKey  # loaded for the first token

            text = self._cipher.decrypt(sealed, f"app.signing_key|{key_id}|")
            self._opened = (key_id, ECKey.import_key(json.loads(text)))
        return self._opened

    async def _fresh(self) -> None:
        if time.monotonic() - self._loaded_at > FRESH_SECONDS:
            await self._load_once()

    async def _load_once(self) -> None:
        await asyncio.shield(self._start())

    def _start(self) -> "asyncio.Task[None]":
        if self._loading is None:
            self._loading = asyncio.get_running_loop().create_task(self._load())
            self._loading.add_done_callback(self._finished)
        return self._loading

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._loading = None
        if not task.cancelled() and task.exception() is not None:
            log.warning("the signing keys could not be loaded: %s", task.exception())

    async def _load(self) -> None:
        """Read the keys; make the first one, and the next one when the newest is old enough."""
        async with self._database.transaction() as connection:
            rows = await connection.fetch(KEYS)
            if not rows or rows[0]["age"] > ROTATE_SECONDS:
                await connection.fetchval(ADD, *self._new_key(), ROTATE_SECONDS, self._keep)
                rows = await connection.fetch(KEYS)
        self._take(rows)

    def _take(self, rows: list[Any]) -> None:
        from services.security.engine.signatures import public_key

        members = [json.loads(row["public_key"]) for row in rows]
        if members != self._members:
            self._members = members
            self._public = {member["kid"]: public_key(member) for member in members}
            self.generation += 1
        signing = next((row for row in rows if row["age"] >= PUBLISHED_SECONDS), rows[-1])
        self._private = (signing["id"], signing["private_key"])
        self._loaded_at = time.monotonic()

    def _new_key(self) -> tuple[str, str, str, str]:
        from joserfc.jwk import ECKey

        key_id = secrets.token_hex(8)
        key = ECKey.generate_key("P-256", {"kid": key_id, "use": "sig", "alg": ALGORITHM})
        sealed = self._cipher.encrypt(json.dumps(key.as_dict(private=True)), f"app.signing_key|{key_id}|")
        return key_id, ALGORITHM, json.dumps(key.as_dict(private=False)), sealed


async def signed(keys: SigningKeys, payload: dict[str, Any]) -> str:
    """Return a token with `payload`. Raises `unavailable`."""
    from joserfc import jwt

    try:
        key_id, key = await keys.signing()
    except OSError as error:
        raise Problem("internal-error", "No token can be signed.") from error
    return jwt.encode({"alg": ALGORITHM, "kid": key_id, "typ": "at+jwt"}, payload, key)
