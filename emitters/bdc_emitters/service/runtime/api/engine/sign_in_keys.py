"""API keys that callers make for themselves, and invitations into a tenant."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from api.engine.http import parse, query_string
from api.engine.http.answer import Answer
from api.engine.http.request import Request
from api.engine.http.routing import Endpoint, Route
from api.engine.sign_in import NO_STORE, made, sessions_of, signed_in
from services.data.engine.validation import array, integer, optional, required, shape, string
from services.data.sign_up import (
    FOUND,
    FOUND_ROLE,
    JOIN,
    JOIN_ROLE,
    JOIN_ROLES,
    JOIN_TENANT,
    JOIN_USER,
    TENANT_KEY,
)
from services.engine.problems import Problem, invalid
from services.security import sign_in
from services.security.engine.sign_in.sessions import carried, hash_of, new_key, new_refresh_token

MOST_DAYS = 3_660
INVITED_DAYS = 7
DAY = 86_400
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
KEY_INPUT = shape(
    required("name", string(1, 100)),
    optional("roles", array(string(1, 64), 0, 100), nullable=True),
    optional("days", integer(1, MOST_DAYS), nullable=True),
)
INVITATION_INPUT = shape(
    required(sign_in.LOGIN, string(1, 1_000)),
    optional("role", string(1, 64)),
    optional("days", integer(1, 90)),
)
ACCEPT_INPUT = shape(required("token", string(1, 200)))
ADD_KEY = "select app.key_add($1, $2, $3, $4, $5, $6, $7, $8)::text"
KEYS = "select app.key_list($1)::text"
END_KEY = "select app.key_end($1, $2, $3)"
INVITE = "select app.invitation_add($1, $2, $3, $4, $5, $6, $7)::text"
INVITATIONS = "select app.invitation_list($1)::text"
END_INVITATION = "select app.invitation_end($1, $2)"
TAKE = "select tenant, role from app.invitation_take($1, $2, $3)"


class Caller:
    """A caller with a session: its key, tenant ('' without one) and roles."""

    def __init__(self, claims: dict[str, Any]) -> None:
        self.key = str(claims[sign_in.ID_SOURCE])
        tenant = claims.get(sign_in.TENANT_SOURCE) if sign_in.TENANT_SOURCE else None
        self.tenant = "" if tenant is None else str(tenant)
        self.roles: tuple[str, ...] = (
            tuple(claims.get(sign_in.ROLES_SOURCE) or ()) if sign_in.ROLES_SOURCE else ()
        )


async def _caller(request: Request) -> Caller:
    return Caller((await signed_in(request))["claims"])


async def add_key(request: Request) -> Answer:
    """Make a key and show it once. It may use the roles that are listed, or all that the caller has when it is used."""
    caller = await _caller(request)
    body = KEY_INPUT.validate(await parse.body(request))
    roles = body.get("roles")
    if roles is not None and len(carried(caller.roles, roles)) < len(set(roles)):
        raise invalid("/roles", "role", "the caller does not have these roles")
    key, prefix, digest = new_key()
    seconds = body["days"] * DAY if body.get("days") else None
    added = await request.services.database.fetchval(
        ADD_KEY,
        caller.key,
        prefix,
        digest,
        caller.tenant or None,
        body["name"],
        roles,
        seconds,
        request.request_id,
    )
    if added is None:
        raise Problem("conflict", "A caller has at most 100 keys.")
    return Answer(201, orjson.dumps({"id": added, "prefix": prefix, "key": key}), NO_STORE)


async def list_keys(request: Request) -> Answer:
    """Return the caller's keys, by prefix."""
    caller = await _caller(request)
    return _listed(await request.services.database.fetchval(KEYS, caller.key))


async def end_key(request: Request) -> Answer:
    """Make a key of the caller useless, at once."""
    caller = await _caller(request)
    ended = await request.services.database.fetchval(END_KEY, caller.key, _id(request), request.request_id)
    return _gone(ended)


async def invite(request: Request) -> Answer:
    """Ask a caller, by its login, into the tenant of the request. What it accepts with is shown once."""
    caller = await _inviting(request)
    body = INVITATION_INPUT.validate(await parse.body(request))
    role = body.get("role")
    _check_role(caller.roles, role)
    token, digest = new_refresh_token()
    seconds = body.get("days", INVITED_DAYS) * DAY
    added = await request.services.database.fetchval(
        INVITE, digest, caller.tenant, body[sign_in.LOGIN], role, caller.key, seconds, request.request_id
    )
    return Answer(201, orjson.dumps({"id": added, "token": token}), NO_STORE)


def _check_role(held: Iterable[str], role: str | None) -> None:
    """A caller gives roles that it has itself, and that the membership knows."""
    if role is None:
        return
    if not JOIN_ROLE or (JOIN_ROLES and role not in JOIN_ROLES):
        raise invalid("/role", "role", "a membership does not have this role")
    if role in sign_in.GRANTED_BY and not carried(held, [role]):
        raise invalid("/role", "role", "the caller does not have this role")


async def list_invitations(request: Request) -> Answer:
    """Return the invitations into the tenant of the request that are open."""
    caller = await _inviting(request)
    return _listed(await request.services.database.fetchval(INVITATIONS, caller.tenant))


async def end_invitation(request: Request) -> Answer:
    """Take an invitation back."""
    caller = await _inviting(request)
    return _gone(await request.services.database.fetchval(END_INVITATION, caller.tenant, _id(request)))


async def accept(request: Request) -> Answer:
    """Become a member of the tenant that the caller was asked into."""
    caller = await _caller(request)
    token = ACCEPT_INPUT.validate(await parse.body(request))["token"]
    digest = hash_of(token if TOKEN.fullmatch(token) else "")

    async def work(connection: Any) -> str:
        row = await connection.fetchrow(TAKE, digest, caller.key, request.request_id)
        if row is None:
            raise Problem("not-found", "The invitation is unknown, for another caller, used or expired.")
        await _join(request, connection, caller, row["tenant"], row["role"])
        return str(row["tenant"])

    tenant = await request.services.database.retried(work)
    return Answer(200, orjson.dumps({"tenant": tenant}), NO_STORE)


async def found(request: Request) -> Answer:
    """Make a tenant, of which the caller is the first member."""
    caller = await _caller(request)
    body = await parse.body(request)
    checked = FOUND.input.validate(body) if FOUND is not None and FOUND.input is not None else {}

    async def work(connection: Any) -> str:
        tenant = await made(request, connection, FOUND, checked, TENANT_KEY, {"id": caller.key})
        await _join(request, connection, caller, tenant, FOUND_ROLE)
        return tenant

    tenant = await request.services.database.retried(work)
    return Answer(201, orjson.dumps({"tenant": tenant}), NO_STORE)


async def _join(request: Request, connection: Any, caller: Caller, tenant: str, role: str | None) -> None:
    """Make the caller a member."""
    names, anonymous = sessions_of(request).names, request.services.authenticator.anonymous
    known = {"id": caller.key, sign_in.TENANT_CLAIM: tenant}
    identity = [known.get(name, text) for name, text in zip(names, anonymous.identity, strict=True)]
    given = {JOIN_USER: caller.key, JOIN_TENANT: tenant, JOIN_ROLE: role}
    body = {name: value for name, value in given.items() if name and value is not None}
    await connection.fetchrow(JOIN, *identity, request.request_id, orjson.dumps(body).decode(), None, None)


async def _inviting(request: Request) -> Caller:
    """Return the caller of a request about invitations. Raises `forbidden`."""
    caller = await _caller(request)
    if not caller.tenant or not any(carried(caller.roles, [role]) for role in sign_in.INVITE):
        raise Problem(
            "forbidden", f"Invitations are for {' or '.join(sorted(sign_in.INVITE))} of the tenant."
        )
    return caller


def _id(request: Request) -> UUID:
    try:
        return UUID(request.parameters["id"])
    except ValueError:
        raise Problem("not-found") from None


def _gone(ended: bool) -> Answer:
    if not ended:
        raise Problem("not-found")
    return Answer(204, headers=NO_STORE)


def _listed(text: str) -> Answer:
    return Answer(200, b'{"items":' + text.encode() + b"}", NO_STORE)


def _alone(endpoint: Endpoint) -> Endpoint:
    async def checked(request: Request) -> Answer:
        query_string.no_query(request.query)
        return await endpoint(request)

    return checked


def routes() -> tuple[Route, ...]:
    """Return the routes that this service has."""
    keys, invitations = f"{sign_in.PATH}/keys", f"{sign_in.PATH}/invitations"
    offered: list[Route] = []
    if sign_in.KEYS:
        offered += [
            Route("POST", keys, add_key, "add_key"),
            Route("GET", keys, list_keys, "list_keys"),
            Route("DELETE", f"{keys}/{{id}}", end_key, "end_key"),
        ]
    if FOUND is not None:
        offered.append(Route("POST", f"{sign_in.PATH}/tenants", found, "found_tenant"))
    if sign_in.INVITE:
        offered += [
            Route("POST", invitations, invite, "invite"),
            Route("GET", invitations, list_invitations, "list_invitations"),
            Route("DELETE", f"{invitations}/{{id}}", end_invitation, "end_invitation"),
            Route("POST", f"{invitations}/accept", accept, "accept_invitation"),
        ]
    return tuple(replace(route, endpoint=_alone(route.endpoint)) for route in offered)
