"""Signatures of messages: HMAC-SHA256, in the three spellings that are common.

- `standard`: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: over id, time and body.
- `stripe`: https://docs.stripe.com/webhooks#verify-manually: over time and body, in one header.
- `github`: https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries: over the body alone.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from api.engine.receiving.declared import Scheme

Headers = Mapping[bytes, bytes]
_TIME = re.compile(rb"[0-9]{1,12}")
_LONGEST = 4_096


class Unsigned(Exception):
    """A message that is not from the sender, or not of now; the text says why."""


def verify(
    scheme: Scheme, secrets: Iterable[str], headers: Headers, body: bytes, *, now: float, tolerance: float
) -> None:
    """Raise Unsigned where no secret made the signature, or where it was made too long ago or ahead."""
    if any(len(value) > _LONGEST for value in headers.values()):
        raise Unsigned("a header is too long")
    match scheme:
        case "standard":
            time = _time(headers.get(b"webhook-timestamp", b""))
            signed = b"%b.%b." % (headers.get(b"webhook-id", b""), time) + body
            given = [
                each[3:] for each in headers.get(b"webhook-signature", b"").split(b" ") if each[:3] == b"v1,"
            ]
            made = [base64.b64encode(_hmac(key_of(secret), signed)) for secret in secrets]
        case "stripe":
            parts = [each.partition(b"=") for each in headers.get(b"stripe-signature", b"").split(b",")]
            time = _time(next((value for name, _, value in parts if name.strip() == b"t"), b""))
            given = [value for name, _, value in parts if name.strip() == b"v1"]
            made = [_hmac(secret.encode(), time + b"." + body).hex().encode() for secret in secrets]
        case "github":
            time = b""
            given = [headers.get(b"x-hub-signature-256", b"").removeprefix(b"sha256=")]
            made = [_hmac(secret.encode(), body).hex().encode() for secret in secrets]
    # Every pair is compared, so that the time that it takes tells nothing.
    alike = [hmac.compare_digest(one, other) for one in given for other in made]
    if not any(alike):
        raise Unsigned("the signature is not that of the sender")
    if time and abs(now - int(time)) > tolerance:
        raise Unsigned("the signature is too old, or its time is ahead")


def sign(scheme: Scheme, secret: str, message: str, event: str, time: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message as its sender makes them: for tests, and to try a receiver."""
    match scheme:
        case "standard":
            made = _hmac(key_of(secret), f"{message}.{time}.".encode() + body)
            return {
                "webhook-id": message,
                "webhook-timestamp": str(time),
                "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
            }
        case "stripe":
            return {
                "stripe-signature": f"t={time},v1={_hmac(secret.encode(), f'{time}.'.encode() + body).hex()}"
            }
        case "github":
            return {
                "x-github-delivery": message,
                "x-github-event": event,
                "x-hub-signature-256": f"sha256={_hmac(secret.encode(), body).hex()}",
            }


def key_of(secret: str) -> bytes:
    """Return the key that a secret of `standard` stands for: `whsec_` and base64, or the bytes of a text that is not base64."""
    text = secret.removeprefix("whsec_")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return text.encode()


def _hmac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _time(text: bytes) -> bytes:
    if _TIME.fullmatch(text) is None:
        raise Unsigned("the message does not say when it was signed")
    return text
