"""Answers without a body, to callers that ask for none (RFC 7240)."""

from api.engine.http.answer import Answer
from api.engine.http.request import Request

APPLIED = (b"preference-applied", b"return=minimal")


def answer(request: Request, found: Answer) -> Answer:
    """Return what a write answered, without its body where the request has `Prefer: return=minimal`: a new row is still a 201 with its
    place and version, anything else is a 204."""
    asked = request.headers.get(b"prefer", b"").lower().replace(b" ", b"").split(b",")
    if b"return=minimal" not in asked or found.status not in (200, 201):
        return found
    return Answer(201 if found.status == 201 else 204, b"", (*found.headers, APPLIED))
