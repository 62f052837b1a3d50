"""Parts of the relay by themselves: which addresses may be called, signatures, how relays share the work."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

ROOTS = ("api", "services", "database")


@pytest.fixture(scope="module")
def parts() -> Iterator[dict[str, ModuleType]]:
    """Import the modules as they stand in a built project."""
    _forget()
    service, relay = (str(files(f"bdc_emitters.{name}").joinpath("runtime")) for name in ("service", "relay"))
    sys.path.insert(0, service)
    importlib.import_module("services").__path__.append(f"{relay}/services")
    names = ("guard", "signing", "leases", "http", "reading")
    yield {name: importlib.import_module(f"services.relay.engine.{name}") for name in names}
    sys.path.remove(service)
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ROOTS]:
        del sys.modules[name]


PRIVATE = (
    *(
        "127.0.0.1",
        "fec0::1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
    ),
    *(
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
    ),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(parts: dict[str, ModuleType], address: str) -> None:
    assert not parts["guard"].is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_called(parts: dict[str, ModuleType], address: str) -> None:
    assert parts["guard"].is_public(address)


URLS = (
    *("http://1.1.1.1/", "ftp://1.1.1.1/", "https:///x", "https://u:p@1.1.1.1/", "https://1.1.1.1:99999/"),
    *("https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/", "https://127.1/"),
    *(
        "https://localhost/",
        "https://1.1.1.1/a b",
        "https://1.1.1.1/\r\nhost: x",
        "https://1.1.1.1/" + "x" * 3000,
    ),
)


@pytest.mark.parametrize("url", URLS)
def test_addresses_that_lead_elsewhere_are_refused(parts: dict[str, ModuleType], url: str) -> None:
    guard = parts["guard"]
    with pytest.raises(guard.Refused):
        asyncio.run(guard.locate(url, private=False))


def test_the_connection_goes_to_the_address_that_was_checked(parts: dict[str, ModuleType]) -> None:
    found = asyncio.run(parts["guard"].locate("https://1.1.1.1:8443/in?x=1", private=False))
    assert (found.address, found.port, found.target, found.authority) == (
        "1.1.1.1",
        8443,
        "/in?x=1",
        "1.1.1.1:8443",
    )


@given(
    body=st.binary(max_size=200).map(lambda raw: b'{"x":"' + raw.hex().encode() + b'"}'), message=st.uuids()
)
def test_the_reference_library_accepts_each_of_two_secrets(
    parts: dict[str, ModuleType], body: bytes, message: Any
) -> None:
    old, new, other = (f"whsec_{'QUJD' * 8}{end}" for end in ("AAAA", "BBBB", "CCCC"))
    now = int(datetime.now(UTC).timestamp())
    headers = parts["signing"].signed_headers([new, old], str(message), now, body)
    for secret in (old, new):
        assert Webhook(secret).verify(body, headers) is not None
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + b" ", headers)


@given(st.text(min_size=1, max_size=60))
def test_every_secret_signs(parts: dict[str, ModuleType], secret: str) -> None:
    assert isinstance(parts["signing"].key_of(secret), bytes)


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://ключ:1/", "http://127.0.0.1:1/ж", "http://127.0.0.1:1/", "x" * 3_000]
)
def test_what_cannot_be_asked_is_said(parts: dict[str, ModuleType], url: str) -> None:
    http = parts["http"]
    with pytest.raises(http.Unanswered):
        asyncio.run(http.post(url, {"webhook-id": "ж"}, b"{}", seconds=2.0, private=True))


def test_relays_share_the_slots_and_each_has_one_holder(parts: dict[str, ModuleType]) -> None:
    share = parts["leases"].share
    rows = [{"slot": slot, "holder": "", "live": False} for slot in range(-4, 9)]

    def renew(holder: str) -> list[int]:
        kept: list[int] = share(holder, rows)
        for row in rows:
            if row["slot"] in kept:
                row |= {"holder": holder, "live": True}
            elif row["holder"] == holder:
                row |= {"live": False}
        return kept

    assert len(renew("a")) == 10  # presence, routing, eight parts
    for _ in range(3):
        for holder in "abc":
            renew(holder)
    held = {holder: [slot for slot in renew(holder) if slot >= 0] for holder in "abc"}
    assert sorted(slot for slots in held.values() for slot in slots) == list(range(9))
    assert max(map(len, held.values())) == 3


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"[" * 100_000, "it is nested too deep"),
        (b"{", "it is no JSON"),
        (b'{"data": 1}', "it is no object with `data`"),
        (b'{"data": {"x": "\\ud800"}}', "a text holds half of a character"),
        (b'{"data": {"x": "a\\u0000"}}', "a text holds the character U+0000"),
        (b'{"data": {"x": 1e999}}', "a number is too large"),
        (b'{"id": "' + b"x" * 3_000 + b'", "data": {}}', "its id is too long"),
        (b'{"id": "\\u0000", "data": {}}', "a text holds the character U+0000"),
    ],
)
def test_a_message_that_no_row_can_hold_is_said_to_be_one(
    parts: dict[str, ModuleType], data: bytes, why: str
) -> None:
    reading = parts["reading"]
    with pytest.raises(reading.Unread) as raised:
        reading.read(_message(data))
    assert str(raised.value) == why


def test_a_backslash_in_a_message_is_no_character(parts: dict[str, ModuleType]) -> None:
    found = parts["reading"].read(_message(rb'{"type": "T", "data": {"x": "\\u0000"}}'))
    assert found == ("sequence-7", "T", r'{"x": "\\u0000"}')


def _message(data: bytes) -> SimpleNamespace:
    place = SimpleNamespace(sequence=SimpleNamespace(stream=7))
    return SimpleNamespace(data=data, subject="a.T", headers=None, metadata=place)
