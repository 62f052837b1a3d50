"""Sign-in as GraphQL asks for it: what REST does, under the same limits and in the same time."""

from __future__ import annotations

from typing import Any

from api.engine import sign_in
from api.engine.http.request import Request
from services.security.engine.actor import Actor


async def perform(request: Request, actor: Actor, name: str, given: dict[str, Any]) -> Any:
    """Return tokens, or true where there is nothing to say. Raises `Problem`."""
    body = given.get("input") or {name: value for name, value in given.items() if value is not None}
    tokens = await sign_in.ACTIONS[name](request, body)
    return True if tokens is None else tokens
