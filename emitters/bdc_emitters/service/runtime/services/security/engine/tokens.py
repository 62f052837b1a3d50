"""Bearer tokens: a JWT is verified once, then found by a dictionary look-up until it expires or the keys change."""

import base64
import binascii
import time
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from services.engine.config import TokenSettings
from services.engine.problems import Problem
from services.security.engine.actor import Actor
from services.security.engine.claims import ClaimReader, refused

if TYPE_CHECKING:
    from services.security.engine.signatures import PublicKey

MAX_TOKEN_BYTES = 8_192
REFUSED_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})
KEY_TYPES = {"ES": "EC", "RS": "RSA", "PS": "RSA", "Ed": "OKP"}
REQUIRED_NUMBERS = ("exp", "nbf", "iat")


class Keys(Protocol):
    """The keys of an issuer. `generation` changes whenever the set does."""

    generation: int

    async def key(self, key_id: str) -> "PublicKey | None":
        """Return a public key by its id."""

    def refresh_in_background(self) -> None:
        """Start to fetch the set again when it is old."""


class TokenVerifier:
    """Turns a token into an `Actor`. Raises `unauthenticated` with the reason, for any doubt."""

    def __init__(self, settings: TokenSettings, keys: Keys, claims: ClaimReader) -> None:
        self._settings = settings
        self._keys = keys
        self._claims = claims
        self._cache: dict[bytes, tuple[float, int, Actor]] = {}

    def known(self, token: bytes) -> Actor | None:
        """Return the actor of a token that was verified before, until it expires or the keys change; None for any other."""
        cached = self._cache.get(token)
        if cached is None:
            return None
        expires, generation, actor = cached
        self._keys.refresh_in_background()
        if expires > time.time() and generation == self._keys.generation:
            return actor
        del self._cache[token]
        return None

    async def verify(self, token: bytes) -> Actor:
        """Return the actor of `token`."""
        known = self.known(token)
        if known is not None:
            return known
        payload = await self._verified(token)
        actor = self._claims.read(payload)
        self._remember(token, float(payload["exp"]), actor)
        return actor

    def _remember(self, token: bytes, expires: float, actor: Actor) -> None:
        if len(self._cache) >= self._settings.cache_size:
            now = time.time()
            generation = self._keys.generation
            alive = {
                t: entry for t, entry in self._cache.items() if entry[0] > now and entry[1] == generation
            }
            self._cache = dict(list(alive.items())[-(self._settings.cache_size // 2) :])
        self._cache[token] = (expires, self._keys.generation, actor)

    async def _verified(self, token: bytes) -> dict[str, Any]:
        try:
            payload = orjson.loads(await self.signed_payload(token))
        except ValueError:
            raise refused("The token's payload is not JSON.") from None
        if not isinstance(payload, dict):
            raise refused("The token's payload is not an object.")
        self._check_claims(payload)
        return payload

    async def signed_payload(self, token: bytes) -> bytes:
        """Return what was signed, once header, key and signature are good. Raises `unauthenticated`."""
        if len(token) > MAX_TOKEN_BYTES:
            raise refused("The token is too long.")
        header = _decoded_header(token)
        algorithm = self._checked_header(header)
        key = await self._keys.key(header["kid"])
        if key is None:
            raise refused("The token is signed by a key that the issuer does not publish.")
        if key.key_type != KEY_TYPES[algorithm[:2]] or key.get("alg", algorithm) != algorithm:
            raise refused("The token's key is not of the kind that its algorithm needs.")
        from services.security.engine import signatures  # loaded with the keys

        try:
            return signatures.signed_payload(token, key, algorithm)
        except ValueError:
            raise refused("The token's signature is not valid.") from None

    def _checked_header(self, header: dict[str, Any]) -> str:
        """Return the algorithm; pinned by configuration, never by the token."""
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in self._settings.algorithms:
            raise refused("The token's algorithm is not accepted here.")
        if not isinstance(header.get("kid"), str):
            raise refused("The token does not say by which key it is signed.")
        unwanted = REFUSED_HEADERS & header.keys()
        if unwanted:
            raise refused(f"The token's header has a member that is not accepted: {min(unwanted)}.")
        if "typ" in header and header["typ"] not in self._settings.types:
            raise refused("The token is not an access token.")
        return algorithm

    def _check_claims(self, payload: dict[str, Any]) -> None:
        for name in REQUIRED_NUMBERS:
            if type(payload.get(name)) not in (int, float):
                raise refused(f"The token has no valid `{name}`.")
        now = time.time()
        leeway = self._settings.leeway
        if payload["exp"] <= now - leeway:
            raise refused("The token has expired.")
        if payload["nbf"] > now + leeway or payload["iat"] > now + leeway:
            raise refused("The token is not valid yet.")
        if payload.get("iss") != self._settings.issuer:
            raise refused("The token is from another issuer.")
        audience = payload.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if self._settings.audience not in audiences:
            raise refused("The token is for another audience.")
        if not isinstance(payload.get("sub", ""), str):
            raise refused("The token's `sub` is not a text.")


def _decoded_header(token: bytes) -> dict[str, Any]:
    """Return the protected header of a compact token. Raises `unauthenticated` when it is not one."""
    parts = token.split(b".")
    try:
        if len(parts) != 3:
            raise ValueError
        header = orjson.loads(base64.b64decode(parts[0] + b"=" * (-len(parts[0]) % 4), b"-_", validate=True))
        if not isinstance(header, dict):
            raise ValueError
    except (ValueError, binascii.Error):
        raise refused("The token is malformed.") from None
    return header


def bearer(header: bytes) -> bytes:
    """Return the token of an Authorization header. Raises `unauthenticated` for any other scheme."""
    token = header[7:].strip()
    if not token or (header[:7] != b"Bearer " and header[:7].lower() != b"bearer "):
        raise Problem(
            "unauthenticated",
            "The Authorization header must be `Bearer <token>`.",
            headers=[(b"www-authenticate", b'Bearer error="invalid_request"')],
        )
    return token
