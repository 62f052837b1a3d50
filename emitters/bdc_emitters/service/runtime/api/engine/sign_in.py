"""Sign-up, sign-in, refresh, sign-out, change of password, and the key set.

`ACTIONS` are those that GraphQL has too: from a decoded body to the members of an answer, None where there is nothing to say.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
from prometheus_client import Counter

from api.engine.http import parse, query_string
from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from api.engine.middleware.metrics import REGISTRY
from services.data.engine.operation import Arguments, Operation
from services.data.engine.sealing import seal
from services.data.engine.validation import boolean, optional, required, shape, string
from services.data.sign_up import KEY, SIGN_UP
from services.engine.problems import Problem, invalid
from services.security import sign_in
from services.security.engine.claims import challenged
from services.security.engine.sign_in.passwords import LONGEST
from services.security.engine.sign_in.sessions import CHALLENGE, Opened, Sessions
from services.security.engine.tokens import bearer

FIND = "select user_key, hash from app.sign_in_find($1)"
FAILED = "select app.sign_in_failed($1, $2)"
END = "select app.session_end($1, $2, $3)"
HASH = "select app.password_of($1)"
CHANGE = "select app.password_change($1, $2, $3)"
ADD = "select app.credential_add($1, $2)"
OUTCOMES = Counter(
    "sign_in_total", "What became of sign-ins and of what goes with them.", ["outcome"], registry=REGISTRY
)
KEY_SET = "/.well-known/jwks.json"
NO_STORE = ((b"cache-control", b"no-store"),)
Members = dict[str, Any]
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

SIGN_IN_INPUT = shape(required(sign_in.LOGIN, string(1, 1_000)), required("password", string(1, LONGEST)))
REFRESH_INPUT = shape(required("refresh_token", string(1, 200)))
SIGN_OUT_INPUT = shape(optional("everywhere", boolean()))
PASSWORD_INPUT = shape(
    required("current", string(1, LONGEST)), required("password", string(sign_in.SHORTEST, LONGEST))
)
NEW_PASSWORD = string(sign_in.SHORTEST, LONGEST)


def sessions_of(request: Request) -> Sessions:
    """Return the sessions of this process."""
    found = request.services.authenticator.own
    assert isinstance(found, Sessions)  # nosec B101
    return found


async def sign_up(request: Request) -> Answer:
    """Answer `signed_up`."""
    return _tokens(await signed_up(request, await parse.body(request)), 201)


async def signed_up(request: Request, body: Any) -> Members:
    """Make the row of a new caller, with a password, and sign it in."""
    sessions, operation = sessions_of(request), SIGN_UP
    assert operation is not None  # nosec B101
    password = body.pop("password", None) if isinstance(body, dict) else None
    errors: list[dict[str, str]] = []
    if password is None:
        errors.append({"path": "/password", "code": "required", "message": "this member is required"})
    else:
        NEW_PASSWORD(password, "/password", errors)
    checked = operation.input(body, "", errors) if operation.input is not None else {}
    if errors or password is None:
        raise Problem("validation-failed", errors=errors[:100])
    hashed = await sessions.passwords.hash(password)
    caller = await _signed_up(request, checked, hashed)
    OUTCOMES.labels("signed_up").inc()
    opened = await sessions.open(caller, "sign_up", request.request_id)
    return {**_opened(opened), "user": caller}


async def _signed_up(request: Request, checked: dict[str, Any], hashed: str) -> str:
    """Make the row and its password in one transaction, and return its key."""
    services = request.services

    async def work(connection: Any) -> str:
        caller = await made(request, connection, SIGN_UP, checked, KEY, {})
        await connection.execute(ADD, caller, hashed)
        return caller

    return await services.database.retried(work)


async def made(
    request: Request,
    connection: Any,
    operation: Operation | None,
    checked: dict[str, Any],
    key: str,
    known: dict[str, str],
) -> str:
    """Make a row for sign-in, as the caller `known` by its claims, and return its key."""
    services, anonymous = request.services, request.services.authenticator.anonymous
    names = sessions_of(request).names
    identity = [known.get(name, text) for name, text in zip(names, anonymous.identity, strict=True)]
    assert operation is not None  # nosec B101
    if operation.sealed is not None:
        checked = seal(services.cipher, anonymous, operation.sealed, (), checked)
    values = operation.function.values(Arguments(body=checked))
    row = await connection.fetchrow(operation.function.call, *identity, request.request_id, *values)
    found = orjson.loads(services.cipher.reveal(row["body"].encode()))[key]
    return found if isinstance(found, str) else orjson.dumps(found).decode()


async def sign_in_(request: Request) -> Answer:
    """Answer `proved`."""
    return _tokens(await proved(request, await parse.body(request)))


async def proved(request: Request, given: Any) -> Members:
    """Exchange a login and its password for tokens. A login that does not exist and a wrong password have the same answer, after the
    same work."""
    body = SIGN_IN_INPUT.validate(given)
    sessions, login = sessions_of(request), body[sign_in.LOGIN]
    caller = await _proved(request, login, body["password"], FIND, login)
    opened = await sessions.open(caller, "sign_in", request.request_id)
    OUTCOMES.labels("signed_in").inc()
    return _opened(opened)


async def _proved(request: Request, name: str, password: str, find: str, *arguments: Any) -> str:
    """Return the caller whose password it is. Raises `sign-in-refused`, `too-many-requests`."""
    sessions, database = sessions_of(request), request.services.database
    source = request.services.limiter.address(request.scope)
    await asyncio.sleep(sessions.throttle.admit(source, name))
    row = await database.fetchrow(find, *arguments)
    if await sessions.passwords.matches(row["hash"] if row is not None else None, password):
        assert row is not None  # nosec B101
        sessions.throttle.succeeded(source, name)
        return str(row["user_key"])
    OUTCOMES.labels("refused").inc()
    await database.fetchval(FAILED, name, request.request_id)
    raise Problem("sign-in-refused", "The login or the password is wrong.", headers=CHALLENGE)


async def refresh(request: Request) -> Answer:
    """Answer `refreshed`."""
    return _tokens(await refreshed(request, await parse.body(request)))


async def refreshed(request: Request, given: Any) -> Members:
    """Exchange a refresh token for the next one and a new access token. One that was used before ends its session."""
    body = REFRESH_INPUT.validate(given)
    sessions = sessions_of(request)
    token = body["refresh_token"] if TOKEN.fullmatch(body["refresh_token"]) else ""
    try:
        opened = await sessions.refresh(token, request.request_id)
    except Problem as problem:
        OUTCOMES.labels("refresh_refused").inc()
        await request.services.limiter.refused(request.scope, problem)
        raise
    OUTCOMES.labels("refreshed").inc()
    return _opened(opened)


async def sign_out(request: Request) -> Answer:
    """Answer `signed_out`."""
    session = await _session(request)
    await _end(request, session, await parse.optional_body(request) or {})
    return Answer(204, headers=NO_STORE)


async def signed_out(request: Request, given: Any) -> None:
    """End the session of the token, or with `everywhere` all sessions of its caller."""
    await _end(request, await _session(request), given)


async def _end(request: Request, session: str, given: Any) -> None:
    body = SIGN_OUT_INPUT.validate(given)
    everywhere = bool(body.get("everywhere"))
    await request.services.database.fetchval(END, session, everywhere, request.request_id)
    OUTCOMES.labels("signed_out").inc()


async def change_password(request: Request) -> Answer:
    """Answer `changed_password`."""
    session = await _session(request)
    await _change(request, session, await parse.body(request))
    return Answer(204, headers=NO_STORE)


async def changed_password(request: Request, given: Any) -> None:
    """Set another password, which takes the present one. All other sessions of the caller end."""
    await _change(request, await _session(request), given)


async def _change(request: Request, session: str, given: Any) -> None:
    body = PASSWORD_INPUT.validate(given)
    sessions, database = sessions_of(request), request.services.database
    found = await sessions.found(session, {})
    name = f"password of {found['claims'].get(sign_in.ID_SOURCE)}"
    source = request.services.limiter.address(request.scope)
    await asyncio.sleep(sessions.throttle.admit(source, name))
    if not await sessions.passwords.matches(await database.fetchval(HASH, session), body["current"]):
        raise invalid("/current", "password", "this is not the present password")
    sessions.throttle.succeeded(source, name)
    await database.fetchval(
        CHANGE, session, await sessions.passwords.hash(body["password"]), request.request_id
    )
    OUTCOMES.labels("password_changed").inc()


async def show_session(request: Request) -> Answer:
    """Return the claims of the caller, and the tenants that it is in."""
    sessions = sessions_of(request)
    found = await sessions.found(await _session(request), request.headers)
    claims = found["claims"]
    roles = sorted(set(claims.pop(sign_in.ROLES_SOURCE, None) or ()))
    body = {"user": claims.get(sign_in.ID_SOURCE), "roles": roles, "claims": claims}
    if sign_in.TENANT_HEADER:
        body["tenants"] = found["tenants"]
    return Answer(200, orjson.dumps(body), NO_STORE)


async def key_set(request: Request) -> Answer:
    """Return the public halves of the keys that tokens are signed with."""
    document = await sessions_of(request).keys.document()
    return Answer(200, orjson.dumps(document), ((b"cache-control", b"public, max-age=300"),))


async def signed_in(request: Request) -> dict[str, Any]:
    """Return the claims of the caller of a session, in the tenant that the request names. Raises `unauthenticated`."""
    return await sessions_of(request).found(await _session(request), request.headers)


async def _session(request: Request) -> str:
    """Return the session of the request's token, which must be one of this service. Raises `unauthenticated`."""
    header = request.headers.get(b"authorization")
    if header is None:
        raise challenged()
    await request.actor()
    token = bearer(header)
    sessions = sessions_of(request)
    if not sessions.issued(token):
        raise Problem("forbidden", "The token was not issued here.")
    return await sessions.session(token)


def _opened(opened: Opened) -> Members:
    body: Members = {
        "access_token": opened.access,
        "token_type": "Bearer",  # nosec B105: the name of a scheme, no secret
        "expires_in": sign_in.ACCESS_SECONDS,
    }
    if opened.refresh:
        body |= {"refresh_token": opened.refresh, "refresh_expires_in": sign_in.REFRESH_SECONDS}
    return body


def _tokens(members: Members, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(members), NO_STORE)


ACTIONS: dict[str, Callable[[Request, Any], Awaitable[Members | None]]] = {
    "sign_up": signed_up,
    "sign_in": proved,
    "refresh": refreshed,
    "sign_out": signed_out,
    "change_password": changed_password,
}


def _alone(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that takes no query parameters. Calls are counted by their caller where it is asked for, else by their address:
    a header that nothing looks at is no caller."""
    asks = endpoint in (sign_out, change_password, show_session)

    async def checked(request: Request) -> Answer:
        query_string.no_query(request.query)
        if not asks or b"authorization" not in request.headers:
            services = request.services
            request.allowance = await services.limiter.check(services.authenticator.anonymous, request.scope)
        return await endpoint(request)

    return checked


def routes() -> tuple[Route, ...]:
    """Return the routes of sign-in."""
    found = [
        Route("POST", f"{sign_in.PATH}/sign-in", sign_in_, "sign_in"),
        Route("POST", f"{sign_in.PATH}/sign-out", sign_out, "sign_out"),
        Route("POST", f"{sign_in.PATH}/password", change_password, "change_password"),
        Route("GET", f"{sign_in.PATH}/session", show_session, "show_session"),
        Route("GET", KEY_SET, key_set, "key_set"),
    ]
    if SIGN_UP is not None:
        found.append(Route("POST", f"{sign_in.PATH}/sign-up", sign_up, "sign_up"))
    if sign_in.REFRESH_SECONDS:
        found.append(Route("POST", f"{sign_in.PATH}/refresh", refresh, "refresh"))
    return tuple(replace(route, endpoint=_alone(route.endpoint)) for route in found)
