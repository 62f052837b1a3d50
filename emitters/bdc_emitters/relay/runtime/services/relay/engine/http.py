"""One request to an endpoint: HTTP/1.1 on a connection of its own, to the address that was checked; nothing is followed."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from services.relay.engine.guard import Endpoint, Refused, locate

_LONGEST_ANSWER = 16_384
_TLS = ssl.create_default_context()


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
            endpoint = await locate(url, private=private)
            return await _exchange(endpoint, headers, body)
    except Refused as reason:
        raise Unanswered(str(reason)) from None
    except TimeoutError:
        raise Unanswered(f"no answer within {seconds:g} s") from None
    except ssl.SSLError as error:
        raise Unanswered(f"TLS: {error.reason or 'failed'}") from None
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        raise Unanswered(f"{type(error).__name__}: {error}"[:200]) from None


async def _exchange(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Answer:
    reader, writer = await asyncio.open_connection(
        endpoint.address,
        endpoint.port,
        ssl=_TLS if endpoint.secure else None,
        server_hostname=endpoint.host if endpoint.secure else None,
        limit=_LONGEST_ANSWER,
    )
    try:
        writer.write(_request(endpoint, headers, len(body)) + body)
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.transport.abort()


def _request(endpoint: Endpoint, headers: Mapping[str, str], length: int) -> bytes:
    lines = [
        f"POST {endpoint.target} HTTP/1.1",
        f"host: {endpoint.authority}",
        "connection: close",
        f"content-length: {length}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _answer(reader: asyncio.StreamReader) -> Answer:
    """Read the status and at most the beginning of the body. Raises ValueError where this is no HTTP."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise ValueError("the head of the answer is too long") from None
    status = _status(head)
    length = next(
        (
            line.partition(b":")[2].strip()
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        b"",
    )
    if status in (204, 304) or length == b"0":
        return Answer(status, b"")
    wanted = min(int(length), _LONGEST_ANSWER) if length.isdigit() else _LONGEST_ANSWER
    return Answer(status, await _up_to(reader, wanted))


def _status(head: bytes) -> int:
    first = head.split(b"\r\n", 1)[0].split(b" ")
    if len(first) < 2 or not first[0].startswith(b"HTTP/1.") or not first[1].isdigit():
        raise ValueError("the answer is no HTTP/1.1")
    return int(first[1])


async def _up_to(reader: asyncio.StreamReader, wanted: int) -> bytes:
    found = b""
    while len(found) < wanted:
        chunk = await reader.read(wanted - len(found))
        if not chunk:
            break
        found += chunk
    return found
