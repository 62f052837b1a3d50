"""Webhooks of another system, as it sends them."""

import json
import time
from typing import Any

from api.engine.receiving.declared import DEVELOPMENT_SECRET, Scheme
from api.engine.receiving.signatures import sign


def request_of(scheme: Scheme, id: str, event: str, data: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a message, signed."""
    told = {
        "standard": {"type": event, "timestamp": "2026-01-31T09:30:00Z", "data": data},
        "stripe": {"id": id, "type": event, "data": {"object": data}},
        "github": data,
    }
    body = json.dumps(told[scheme]).encode()
    signed = sign(scheme, DEVELOPMENT_SECRET, id, event, int(time.time()), body)
    return body, {"content-type": "application/json", **signed}
