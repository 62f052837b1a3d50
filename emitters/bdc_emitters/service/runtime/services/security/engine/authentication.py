"""From the headers of a request to an `Actor`: a bearer token, an API key, or nobody."""

from services.data.engine.database import Database
from services.engine.config import TokenSettings
from services.security.engine.actor import Actor
from services.security.engine.api_keys import ApiKeys, key_reader
from services.security.engine.claims import ClaimReader, Issued, refused
from services.security.engine.encryption import FieldCipher
from services.security.engine.jwks import KeySet, no_keys_configured
from services.security.engine.tokens import TokenVerifier, bearer
from services.security.identity import API_KEY_HEADER, BEARER, CLAIMS, EXTERNAL, ISSUER, ROLES


class Authenticator:
    """Establishes who calls. No credentials: the anonymous actor. Wrong credentials: never the anonymous actor, always 401."""

    def __init__(
        self, settings: TokenSettings, database: Database, cipher: FieldCipher, production: bool
    ) -> None:
        claims = ClaimReader(CLAIMS, ROLES)
        self.anonymous = claims.anonymous
        self._keys = KeySet(settings, production)
        # Without an issuer in the specification, other tokens are those of development.
        external = BEARER and bool(settings.jwks) and (EXTERNAL or not production)
        self._needs_keys = production and external
        self._tokens = TokenVerifier(settings, self._keys, claims) if external else None
        self.own: Issued | None = (
            ISSUER(settings, database, cipher, CLAIMS, ROLES) if ISSUER and BEARER else None
        )
        self._api_keys = ApiKeys(database, key_reader()) if API_KEY_HEADER else None
        self._api_key_header = API_KEY_HEADER.encode()
        # A system whose API keys come in `Authorization` takes no tokens.
        self._token_header = b"" if self._api_key_header == b"authorization" else b"authorization"

    async def present(self) -> bool:
        """Say whether tokens can be checked: in production, keys have been fetched once. Later failures leave those in place."""
        return not self._needs_keys or await self._keys.present()

    def known(self, headers: dict[bytes, bytes]) -> Actor | None:
        """Return the actor of a token that was verified before and still holds; None where the credentials have to be looked at."""
        authorization = headers.get(self._token_header)
        if authorization is None or self._tokens is None or self.own is not None:
            return None
        if authorization[:7] != b"Bearer " or (
            self._api_keys is not None and self._api_key_header in headers
        ):
            return None
        return self._tokens.known(authorization[7:])

    async def authenticate(self, headers: dict[bytes, bytes]) -> Actor:
        """Return the actor. Raises `unauthenticated` when the credentials are not good, or when there are two kinds."""
        authorization = headers.get(self._token_header)
        api_key = headers.get(self._api_key_header) if self._api_keys else None
        if authorization is None and api_key is None:
            return self.anonymous
        if authorization is not None and api_key is not None:
            raise refused("Send a token or an API key, not both.", "invalid_request")
        if api_key is not None and self.own is not None and self.own.made(api_key):
            return await self.own.holder(api_key)
        if api_key is not None and self._api_keys is not None:
            return await self._api_keys.verify(api_key)
        token = bearer(authorization) if authorization is not None else b""
        if self.own is not None and self.own.issued(token):
            return await self.own.actor(token, headers)
        if self._tokens is None or authorization is None:
            raise no_keys_configured() if self.own is None else refused("The token is from another issuer.")
        return await self._tokens.verify(token)
