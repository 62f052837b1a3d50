"""From the body of a request to a message: its id, its event, its payload."""

import json
import re
from typing import Any, NamedTuple

from api.engine.receiving.declared import Scheme
from api.engine.receiving.signatures import Headers
from services.data.engine.jsontext import as_text, decoded
from services.engine.problems import Problem

_LONGEST_ID = 200
_WORDS = re.compile(r"[A-Za-z0-9]+")
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Message(NamedTuple):
    """`payload` is JSON text."""

    id: str
    event: str
    payload: str


def read(scheme: Scheme, headers: Headers, body: bytes) -> Message:
    """Return the message of a request. Raises `malformed-request`."""
    told = decoded(body)
    if not isinstance(told, dict):
        raise _refused("the body is no object")
    id: object
    match scheme:
        case "standard":
            id, event, data = (
                headers.get(b"webhook-id", b"").decode("latin-1"),
                told.get("type"),
                told.get("data"),
            )
        case "stripe":
            data = told.get("data")
            id, event = told.get("id"), told.get("type")
            data = data.get("object") if isinstance(data, dict) else None
        case "github":
            id = headers.get(b"x-github-delivery", b"").decode("latin-1")
            event, data = headers.get(b"x-github-event", b"").decode("latin-1"), told
    if not isinstance(id, str) or not 0 < len(id) <= _LONGEST_ID:
        raise _refused("the message has no id")
    if not isinstance(event, str) or not isinstance(data, dict):
        raise _refused("the message does not say which event it is, or has no data")
    return Message(
        _text(id), event_of(_text(event)), _text(json.dumps(data, ensure_ascii=False, default=as_text))
    )


def event_of(name: str) -> str:
    """Return what the specification calls an event: `invoice.payment_failed` is InvoicePaymentFailed."""
    words = _WORDS.findall(name[:_LONGEST_ID])
    return "".join(word[:1].upper() + word[1:] for word in words)


def _text(text: str) -> str:
    """Return a text that PostgreSQL can hold. Raises `malformed-request`."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refused("a text holds half of a character") from None
    if "\x00" in text or _NUL.search(text):
        raise _refused("a text holds the character U+0000")
    return text


def _refused(reason: str) -> Any:
    return Problem("malformed-request", f"The message is not read: {reason}.")
