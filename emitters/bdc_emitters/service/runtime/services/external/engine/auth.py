"""How a caller shows itself to another service."""

import asyncio
import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Mapping

import httpx

from services.external.engine.settings import Configured

_EARLY = 30.0
_LONGEST = 65_536


class Auth:
    """What is added to requests. `kind`: bearer, header, basic, oauth (client credentials), hmac, or nothing; mtls is shown
    by the connection."""

    def __init__(self, kind: str, configured: Configured) -> None:
        self._kind, self._secrets = kind, configured.secrets
        self._token, self._until = "", 0.0
        self._asking: asyncio.Lock | None = None

    async def headers(
        self, client: httpx.AsyncClient, method: str, target: str, body: bytes
    ) -> Mapping[str, str]:
        """Return the headers of one request. Raises httpx.HTTPError and ValueError where a token cannot be had."""
        secrets = self._secrets
        match self._kind:
            case "bearer":
                return {"authorization": f"Bearer {secrets['token']}"}
            case "header":
                return {secrets["name"]: secrets["value"]}
            case "basic":
                return {"authorization": _basic(secrets["user"], secrets["password"])}
            case "oauth":
                return {"authorization": f"Bearer {await self._access(client)}"}
            case "hmac":
                return {
                    secrets.get("header") or "x-signature": _signed(secrets["secret"], method, target, body)
                }
        return {}

    def refused(self) -> bool:
        """The service did not accept it: say whether another token may help, and forget the old one."""
        had, self._token = bool(self._token), ""
        return had

    async def _access(self, client: httpx.AsyncClient) -> str:
        """Return an access token that is good for a while; many calls at once ask for one."""
        if self._token and time.monotonic() < self._until:
            return self._token
        self._asking = self._asking or asyncio.Lock()
        async with self._asking:
            if not (self._token and time.monotonic() < self._until):
                self._token, seconds = await self._asked(client)
                self._until = time.monotonic() + max(1.0, seconds - _EARLY)
        return self._token

    async def _asked(self, client: httpx.AsyncClient) -> tuple[str, float]:
        secrets = self._secrets
        form = {"grant_type": "client_credentials"}
        if secrets.get("scope"):
            form["scope"] = secrets["scope"]
        headers = {
            "authorization": _basic(secrets["client"], secrets["secret"]),
            "accept": "application/json",
        }
        answer = await client.post(secrets["token"], data=form, headers=headers)
        answer.raise_for_status()
        if len(answer.content) > _LONGEST:
            raise ValueError("the answer of the token endpoint is too long")
        found = answer.json()
        token = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ValueError("the token endpoint gave no access token")
        seconds = found.get("expires_in")
        return token, float(seconds) if isinstance(seconds, int | float) else 300.0


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _signed(secret: str, method: str, target: str, body: bytes) -> str:
    """Return `t=<seconds>,v1=<HMAC-SHA256 of "t.METHOD.target." and the body>`: the same request cannot be sent again later."""
    now = int(time.time())
    text = f"{now}.{method}.{target}.".encode() + body
    return f"t={now},v1={hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}"
