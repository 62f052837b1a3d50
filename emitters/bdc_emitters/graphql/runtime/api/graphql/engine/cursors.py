"""Cursors in an answer: each is marked with the list it belongs to, so that pages of several lists can stand side by side."""

import re

from services.data.engine.cursors import CursorSigner

_MARKED = re.compile(rb"\x01([^\x01\x02|]*)\|([^\x01\x02]*)\x02")


def signed(signer: CursorSigner, body: bytes) -> bytes:
    """Return a body with every marked payload replaced by its cursor."""
    start = body.find(b"\x01")  # many times faster than the expression's own search
    if start < 0:
        return body
    return body[:start] + _MARKED.sub(
        lambda found: signer.sign(found[1].decode(), found[2]).encode(), body[start:]
    )
