"""Where an endpoint may be: public addresses, found before the connection is made and used for it."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MOST_URL = 2_000
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """An endpoint that must not be called; the message says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`address`: what the connection is made to; `host` is only what TLS and the request name."""

    host: str
    address: str
    port: int
    target: str
    secure: bool

    @property
    def authority(self) -> str:
        """Return the value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


async def locate(url: str, *, private: bool) -> Endpoint:
    """Return where `url` leads. `private`: addresses of the own network are allowed, and http. Raises `Refused`."""
    host, port, target, secure = _parts(url, private=private)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("the host has no address") from None
    addresses = [str(each[4][0]) for each in found]
    if not private and not all(is_public(each) for each in addresses):
        raise Refused("the host has an address that is not public")
    return Endpoint(host, addresses[0], port, target, secure)


def _parts(url: str, *, private: bool) -> tuple[str, int, str, bool]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("it is no address") from None
    schemes = ("https", "http") if private else ("https",)
    if parts.scheme not in schemes or not parts.hostname:
        raise Refused("it does not begin with https://")
    if parts.username is not None or parts.password is not None:
        raise Refused("it holds a user or a password")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if len(url) > _MOST_URL or not all("!" <= char <= "~" for char in target):
        raise Refused("it holds characters that no address has")
    secure = parts.scheme == "https"
    return parts.hostname, port or (443 if secure else 80), target, secure


def is_public(text: str) -> bool:
    """Say whether an address is one of the internet; those that stand for an address of another kind are as that one."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            inner = address.teredo[1]
        if inner is not None:
            return is_public(str(inner))
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
