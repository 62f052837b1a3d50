"""Sign-in by mail: a password that was forgotten is set anew, and a login is proved to be its caller's.

Asking has one answer for every login, after the same work: what is sent to it is decided by the worker, which looks for its row.
"""

import asyncio
import hashlib
import re
from dataclasses import replace
from typing import Any

import orjson

from api.engine.http import parse, query_string
from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from api.engine.sign_in import NO_STORE, OUTCOMES, sessions_of
from services.data.engine.validation import required, shape, string
from services.data.jobs import JOBS
from services.engine.problems import invalid
from services.mail.mails import MAILS
from services.security import sign_in
from services.security.engine.sign_in.passwords import LONGEST

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LOGIN_INPUT = shape(required(sign_in.LOGIN, string(1, 1_000)))
TOKEN_INPUT = shape(required("token", string(1, 200)))
RESET_INPUT = shape(
    required("token", string(1, 200)), required("password", string(sign_in.SHORTEST, LONGEST))
)
QUEUE = "select app.enqueue($1, $2::jsonb, null, null, null, $3)"
FIND = "select app.one_time_find($1, $2)"
RESET = "select app.one_time_reset($1, $2, $3)"
VERIFY = "select app.one_time_verify($1, $2)"
REFUSED = "this token is unknown, was used, or has expired"
MAILED = {mail.purpose: mail.name for mail in MAILS.values() if mail.purpose}


async def queue(connection: Any, purpose: str, login: str) -> None:
    """Queue the mail with a token for `purpose`, in the transaction of `connection` or by itself."""
    name = MAILED[purpose]
    priority = next(job.priority for job in JOBS if job.name == name)
    await connection.execute(QUEUE, name, orjson.dumps({"login": login}).decode(), priority)


async def ask_for_reset(request: Request) -> Answer:
    """Send a token with which a password is set anew, where the login is known."""
    return await _asked(request, "reset")


async def ask_for_verification(request: Request) -> Answer:
    """Send a token with which a login is proved, where it is known and was not proved yet."""
    return await _asked(request, "verify")


async def reset_password(request: Request) -> Answer:
    """Set another password, which takes the token of a mail. All sessions of the caller end."""
    body = RESET_INPUT.validate(await parse.body(request))
    digest = await _found(request, body["token"], "reset")
    hashed = await sessions_of(request).passwords.hash(body["password"])
    if not await request.services.database.fetchval(RESET, digest, hashed, request.request_id):
        raise invalid("/token", "token", REFUSED)
    OUTCOMES.labels("password_reset").inc()
    return Answer(204, headers=NO_STORE)


async def verify_login(request: Request) -> Answer:
    """Keep that the login is its caller's, which takes the token of a mail."""
    body = TOKEN_INPUT.validate(await parse.body(request))
    digest = await _found(request, body["token"], "verify")
    if not await request.services.database.fetchval(VERIFY, digest, request.request_id):
        raise invalid("/token", "token", REFUSED)
    OUTCOMES.labels("login_verified").inc()
    return Answer(204, headers=NO_STORE)


async def _asked(request: Request, purpose: str) -> Answer:
    body = LOGIN_INPUT.validate(await parse.body(request))
    login = body[sign_in.LOGIN]
    await _admitted(request, f"{purpose} of {login}")
    await request.services.database.retried(lambda connection: queue(connection, purpose, login))
    OUTCOMES.labels(f"{purpose}_asked").inc()
    return Answer(204, headers=NO_STORE)


async def _found(request: Request, token: str, purpose: str) -> bytes:
    """Return the hash of a token that is good. Raises `validation-failed`, `too-many-requests`."""
    sessions = sessions_of(request)
    source, name = request.services.limiter.address(request.scope), f"token to {purpose}"
    await _admitted(request, name)
    digest = hashlib.sha256(token.encode()).digest()
    if not TOKEN.fullmatch(token) or not await request.services.database.fetchval(FIND, digest, purpose):
        OUTCOMES.labels(f"{purpose}_refused").inc()
        raise invalid("/token", "token", REFUSED)
    sessions.throttle.succeeded(source, name)
    return digest


async def _admitted(request: Request, name: str) -> None:
    """Count the request for its source; wait, or raise `too-many-requests`, where there are too many."""
    source = request.services.limiter.address(request.scope)
    await asyncio.sleep(sessions_of(request).throttle.admit(source, name))


def _alone(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that takes no query parameters, for callers without credentials."""

    async def checked(request: Request) -> Answer:
        query_string.no_query(request.query)
        services = request.services
        request.allowance = await services.limiter.check(services.authenticator.anonymous, request.scope)
        return await endpoint(request)

    return checked


def routes() -> tuple[Route, ...]:
    """Return the routes of the mails that there are."""
    found = []
    if "reset" in MAILED:
        found.append(Route("POST", f"{sign_in.PATH}/reset", ask_for_reset, "ask_for_reset"))
        found.append(Route("POST", f"{sign_in.PATH}/reset/accept", reset_password, "reset_password"))
    if "verify" in MAILED:
        found.append(Route("POST", f"{sign_in.PATH}/verify", ask_for_verification, "ask_for_verification"))
        found.append(Route("POST", f"{sign_in.PATH}/verify/accept", verify_login, "verify_login"))
    return tuple(replace(route, endpoint=_alone(route.endpoint)) for route in found)
