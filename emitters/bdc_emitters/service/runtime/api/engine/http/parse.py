"""From a request to what an operation takes: the key in its path, its JSON body. `bind` reads arguments from elsewhere."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from api.engine.http.headers import require_json
from api.engine.http.request import Request
from services.data.engine.jsontext import decoded
from services.data.engine.values import PARSERS
from services.engine.problems import Problem
from services.security.engine.actor import Actor
from services.security.engine.claims import challenged


def key(request: Request, parts: Iterable[tuple[str, str]]) -> tuple[Any, ...]:
    """Return the key in the path. What is no key of any row is `not-found`."""
    try:
        return tuple([PARSERS[kind](request.parameters[member]) for member, kind in parts])
    except ValueError:
        raise Problem("not-found") from None


def own(actor: Actor, kind: str) -> tuple[Any, ...]:
    """Return the key of the caller's own row; nothing to name it by where `kind` is empty, and the statement knows who calls. Raises
    `unauthenticated` for a caller without an identity."""
    if actor.anonymous:
        raise challenged()
    if not kind:
        return (None,)
    key = own_key(actor, kind)
    if key is None:
        raise Problem("not-found")
    return (key,)


def own_key(actor: Actor, kind: str) -> Any:
    """Return the key of the caller's own row, from the claim `id` or the one behind `kind`; None for a caller that is no such row."""
    kind, _, claim = kind.partition(" ")
    text = actor.claim(claim or "id")
    try:
        return PARSERS[kind](text) if text else None
    except ValueError:
        return None


def path(request: Request, template: str) -> str:
    """Return the path that `template` (`/articles/{slug}/comments`) is in this request."""
    return template.format_map({name: quote(text, safe="") for name, text in request.parameters.items()})


async def body(request: Request) -> Any:
    """Return the decoded body. Raises `unsupported-media-type`, `malformed-request`, `payload-too-large`."""
    given = await request.body()
    require_json(request)
    return decoded(given)


async def optional_body(request: Request) -> Any:
    """Return the decoded body of an operation that can do without: an empty one counts as `{}`."""
    given = await request.body()
    if not given:
        return {}
    require_json(request)
    return decoded(given)
