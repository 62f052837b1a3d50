"""One request to an endpoint, on a connection of its own, to the address that was checked; nothing is followed."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from services.relay.engine.guard import Endpoint, Refused, locate

_LONGEST_ANSWER = 16_384
# Its lines at INFO hold addresses, which may be secret.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Unanswered(Exception):
    """No answer came: the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status, and the beginning of the body."""

    status: int
    body: bytes


async def post(url: str, headers: Mapping[str, str], body: bytes, *, seconds: float, private: bool) -> Answer:
    """Send `body` and return the answer, whatever its status. Raises `Unanswered`."""
    try:
        async with asyncio.timeout(seconds):
            return await _exchange(await locate(url, private=private), headers, body, seconds)
    except Refused as reason:
        raise Unanswered(str(reason)) from None
    except (TimeoutError, httpx.TimeoutException):
        raise Unanswered(f"no answer within {seconds:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unanswered(f"{type(error).__name__}: {error}"[:200]) from None


@cache
def _client() -> httpx.AsyncClient:
    """No proxy of the environment and no redirect: both would lead to an address that was not checked."""
    return httpx.AsyncClient(
        verify=ssl.create_default_context(),
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
    )


async def _exchange(endpoint: Endpoint, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
    """Connect to the address; TLS and the request name the host."""
    place = httpx.URL(
        scheme="https" if endpoint.secure else "http",
        host=endpoint.address,
        port=endpoint.port,
        raw_path=endpoint.target.encode("ascii"),
    )
    request = _client().build_request(
        "POST",
        place,
        headers={**headers, "host": endpoint.authority, "accept-encoding": "identity"},
        content=body,
        timeout=seconds,
        extensions={"sni_hostname": endpoint.host},
    )
    response = await _client().send(request, stream=True)
    try:
        return Answer(response.status_code, await _beginning(response))
    finally:
        await response.aclose()


async def _beginning(response: httpx.Response) -> bytes:
    """Return what comes first of a body, as it was sent: what is packed is not unpacked."""
    found = b""
    async for part in response.aiter_raw():
        found += part
        if len(found) >= _LONGEST_ANSWER:
            break
    return found[:_LONGEST_ANSWER]
