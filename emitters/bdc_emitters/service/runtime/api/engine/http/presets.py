"""Filters that a list has, whatever its caller asks."""

from collections.abc import Iterable
from urllib.parse import urlencode

from api.engine.http import query_string
from services.security.engine.actor import Actor
from services.security.engine.claims import challenged


def given(query: bytes, presets: Iterable[tuple[str, str]]) -> bytes:
    """Return the query string with the filters of the list in it. Raises `unknown-parameter` for one that asks by these fields."""
    asked, fixed = query_string.pairs(query), dict(presets)
    query_string.finish({name: text for name, text in asked.items() if name.partition("[")[0] in fixed}, [])
    return urlencode({**asked, **fixed}).encode("ascii")


def known(actor: Actor) -> None:
    """Raise `unauthenticated` for a caller without an identity: what the list holds follows from the caller."""
    if actor.anonymous:
        raise challenged()
