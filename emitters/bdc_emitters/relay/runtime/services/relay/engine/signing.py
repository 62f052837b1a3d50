"""Signatures of deliveries, as Standard Webhooks describes them: HMAC-SHA256 over id, time and body, one for each valid secret."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "whsec_"


def signed_headers(secrets: Iterable[str], message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of a delivery; with two secrets (rotation) a receiver that knows either accepts it."""
    content = f"{message}.{timestamp}.".encode() + body
    signatures = (hmac.new(key_of(secret), content, hashlib.sha256).digest() for secret in secrets)
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(each).decode()}" for each in signatures),
    }


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for: `whsec_` and base64, or the bytes of a text that is not base64."""
    text = secret.removeprefix(PREFIX)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return text.encode()
