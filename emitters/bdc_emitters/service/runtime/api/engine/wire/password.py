"""Another password, set together with the row of the caller."""

from importlib import import_module
from typing import Any

from api.engine.http.request import Request
from services.engine.problems import Problem

# Only systems whose callers sign in have this module, and only they load this one.
sign_in: Any = import_module("api.engine.sign_in")


async def hashed(request: Request, password: Any, member: str) -> tuple[str, str]:
    """Return the session of the request and the hash of a new password. Raises `unauthenticated`, `forbidden`, `validation-failed`."""
    session = await sign_in._session(request)
    errors: list[dict[str, str]] = []
    sign_in.NEW_PASSWORD(password, f"/{member}", errors)
    if errors:
        raise Problem("validation-failed", errors=errors)
    return session, await sign_in.sessions_of(request).passwords.hash(password)


async def changed(request: Request, session: str, text: str) -> None:
    """Keep the hash. All other sessions of the caller end."""
    await request.services.database.fetchval(sign_in.CHANGE, session, text, request.request_id)
    sign_in.OUTCOMES.labels("password_changed").inc()
