"""The issuer's public keys: fetched, checked, kept for a while, and fetched again when a token names an unknown one."""

import asyncio
import logging
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from services.engine.config import DEVELOPMENT_MARK, TokenSettings
from services.engine.problems import Problem, unavailable

if TYPE_CHECKING:
    from services.security.engine.signatures import PublicKey

log = logging.getLogger("services.security.jwks")

REFETCH_AFTER = 30.0
FIRST_RETRY_AFTER = 3.0
FETCH_TIMEOUT = 5.0


class KeySet:
    """Keys by id. `generation` changes whenever the set does, so that nothing verified by an old set is trusted."""

    def __init__(self, settings: TokenSettings, production: bool) -> None:
        self._settings = settings
        self._production = production
        self._keys: dict[str, PublicKey] = {}
        self._digest = b""
        self._fetched_at = float("-inf")
        self._attempted_at = float("-inf")
        self._refresh: asyncio.Task[None] | None = None
        self.generation = 0

    async def key(self, key_id: str) -> "PublicKey | None":
        """Return the key, refetching the set if that may help: at most one fetch per 30 s for unknown ids, one at a time."""
        self.refresh_in_background()
        found = self._keys.get(key_id)
        if found is None and time.monotonic() - self._attempted_at >= REFETCH_AFTER:
            await self._fetch_once()
            found = self._keys.get(key_id)
        elif found is None and self._refresh is not None:
            await asyncio.shield(self._refresh)
            found = self._keys.get(key_id)
        if not self._keys or self._age() > self._settings.jwks_stale:
            raise unavailable("The keys that tokens are checked with cannot be fetched.", 5)
        return found

    async def present(self) -> bool:
        """Say whether there are keys; while there are none, fetch them now and then."""
        if not self._keys and time.monotonic() - self._attempted_at >= FIRST_RETRY_AFTER:
            await self._fetch_once()
        return bool(self._keys)

    def refresh_in_background(self) -> None:
        """Start a fetch when the set is older than its time to live; meanwhile the old one serves."""
        waited = time.monotonic() - self._attempted_at >= REFETCH_AFTER
        if waited and self._keys and self._refresh is None and self._age() > self._settings.jwks_ttl:
            self._start()

    def _age(self) -> float:
        return time.monotonic() - self._fetched_at

    def _start(self) -> asyncio.Task[None]:
        if self._refresh is None:
            self._attempted_at = time.monotonic()
            self._refresh = asyncio.get_running_loop().create_task(self._fetch())
            self._refresh.add_done_callback(self._finished)
        return self._refresh

    def _finished(self, _: asyncio.Task[None]) -> None:
        self._refresh = None

    async def _fetch_once(self) -> None:
        await asyncio.shield(self._start())

    async def _fetch(self) -> None:
        """Fetch and replace the set. A failure is logged and leaves the old one in place."""
        try:
            document, keys = await asyncio.to_thread(read_keys, self._settings, self._production)
        except (OSError, ValueError) as error:
            log.warning("the key set could not be fetched: %s", error)
            return
        self._fetched_at = time.monotonic()
        if document != self._digest:
            self._digest = document
            self._keys = keys
            self.generation += 1


def read_keys(settings: TokenSettings, production: bool) -> tuple[bytes, dict[str, "PublicKey"]]:
    """Return the key set's bytes and its keys. Raises OSError and ValueError."""
    document = read_document(settings)
    return document, parse_keys(document, production)


def read_document(settings: TokenSettings) -> bytes:
    """Return the key set's bytes, from an https URL or a file. Raises OSError, ValueError (too large)."""
    source = settings.jwks
    limit = settings.jwks_max_bytes
    if not source.startswith(("https://", "http://")):
        document = Path(source.removeprefix("file://")).read_bytes()
    else:
        request = urllib.request.Request(source, headers={"accept": "application/json"})
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=FETCH_TIMEOUT) as response:
            document = response.read(limit + 1)
    if len(document) > limit:
        raise ValueError(f"the key set is larger than {limit} bytes")
    return document


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key set moves by configuration, not by a redirect."""

    def redirect_request(self, *_: Any) -> None:
        return None


def parse_keys(document: bytes, production: bool) -> dict[str, "PublicKey"]:
    """Return the usable keys by id: asymmetric, for signatures, with an id. Symmetric keys make the whole set suspect: ValueError."""
    from services.security.engine.signatures import public_key

    try:
        members = orjson.loads(document)["keys"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise ValueError("the key set is not a JSON object with `keys`") from None
    keys: dict[str, PublicKey] = {}
    for member in members:
        if not isinstance(member, dict) or member.get("kty") == "oct":
            raise ValueError("the key set holds a symmetric key")
        key_id = member.get("kid")
        if not isinstance(key_id, str) or not _for_signatures(member):
            continue
        if production and key_id.startswith(DEVELOPMENT_MARK):
            raise ValueError(f"the key set holds the development key {key_id!r}")
        if member.get("kty") in ("EC", "RSA", "OKP"):
            keys[key_id] = public_key(member)
    return keys


def _for_signatures(member: dict[str, Any]) -> bool:
    """Say whether the issuer means a key to be verified with: by `use`, and by `key_ops`."""
    operations = member.get("key_ops", ["verify"])
    return member.get("use", "sig") == "sig" and isinstance(operations, list) and "verify" in operations


def no_keys_configured() -> Problem:
    """Return the refusal of any token where no key set is configured."""
    return Problem("unauthenticated", "This service does not accept bearer tokens.")
