"""What is sent to an endpoint: an event in its envelope, or the question whether it is there."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from services.about import SYSTEM
from services.relay.engine.http import Answer
from services.relay.engine.signing import signed_headers

CHALLENGE = "webhook.challenge"
Secrets = Callable[[Any], list[str]]
"""Gives the valid secrets of a row with `subscription`, `tenant`, `secret`, `previous_secret` and `rotating`."""


@dataclass(frozen=True, slots=True)
class Message:
    headers: dict[str, str]
    body: bytes


def event_message(row: Any, secrets_of: Secrets) -> Message:
    """Return an event as it is delivered."""
    message, body = event_body(row)
    return Message(signed_headers(secrets_of(row), message, int(time.time()), body), body)


def event_body(row: Any) -> tuple[str, bytes]:
    """Return the id and the body of an event; they are the same each time."""
    message = f"{SYSTEM}-{row['event_id']}"
    return message, orjson.dumps(
        {
            "id": message,
            "type": row["event"],
            "version": row["version"],
            "timestamp": row["at"],
            "data": orjson.Fragment(row["payload"]),
        }
    )


def challenge_message(row: Any, secrets_of: Secrets) -> tuple[str, Message]:
    """Return a text that only this request has, and the request that asks for it."""
    challenge = secrets.token_urlsafe(24)
    body = orjson.dumps({"type": CHALLENGE, "challenge": challenge})
    message = f"{SYSTEM}-challenge-{secrets.token_hex(8)}"
    return challenge, Message(signed_headers(secrets_of(row), message, int(time.time()), body), body)


def is_proof(answer: Answer, challenge: str) -> bool:
    """Say whether an endpoint has answered with the challenge: as `{"challenge": "…"}`, or as text."""
    if not 200 <= answer.status < 300:
        return False
    text = answer.body.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except ValueError:
        return text == challenge
    return found == challenge or (isinstance(found, dict) and found.get("challenge") == challenge)
