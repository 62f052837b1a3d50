"""The operations of sign-in, which stand in no resource."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import SignIn, SystemIR
from bdc.surface import input_members
from bdc.surface.sign_in import KEY_SET, sign_in_path
from bdc_emitters.openapi.operations import Operations
from bdc_emitters.openapi.sign_in_keys import key_paths
from bdc_emitters.openapi.sign_in_mails import mail_paths
from bdc_emitters.openapi.sign_in_parts import ALWAYS, BODY, LAST, TAG, Part, closed, object_, tenant, text
from bdc_emitters.openapi.types import Schema

_PASSWORD = "correct horse battery staple"
_TOKEN = "c2Vzc2lvbnMgYXJlIGNvbnRpbnVlZCBieSB0aGlz0000"
_TOKENS = "Tokens of a session."
_LONGEST = 256


def sign_in_paths(operations: Operations) -> dict[str, Any]:
    """Return the paths of sign-in and add their schemas; nothing where callers do not sign in here."""
    system = operations.system
    found = system.identity.sign_in if system.identity is not None else None
    return dict(_paths(operations, found)) if found is not None else {}


def tag(system: SystemIR) -> list[dict[str, str]]:
    """Return the tag of these operations, where there are some."""
    words = "Signing up, in and out, and what continues a session."
    return [{"name": TAG, "description": words}] if sign_in_path(system) else []


def _paths(operations: Operations, found: SignIn) -> Iterator[tuple[str, Any]]:
    base, schemas = sign_in_path(operations.system), operations.models.schemas
    credentials = object_({found.login: text(1, 1_000), "password": text(1, _LONGEST)})
    schemas |= {"SignInTokens": _tokens(found), "SignInBody": credentials}
    if found.sign_up is not None:
        schemas["SignInUpBody"] = _sign_up(operations, found)
        codes = (*ALWAYS, "conflict", *BODY, *LAST)
        up = Part("sign_up", "Sign up", codes, "SignInUpBody", _example(operations, found))
        yield f"{base}/sign-up", {"post": up.operation(operations, "201", "SignInTokens", _TOKENS)}
    example = {found.login: "ann@example.com", "password": _PASSWORD}
    into = Part("sign_in", "Sign in", (*ALWAYS, "sign-in-refused", *BODY, *LAST), "SignInBody", example)
    yield f"{base}/sign-in", {"post": into.operation(operations, "200", "SignInTokens", _TOKENS)}
    if found.refresh:
        schemas["SignInRefreshBody"] = object_({"refresh_token": text(1, 200)})
        codes = (*ALWAYS, "refresh-refused", *BODY, *LAST)
        part = Part("refresh", "Continue a session", codes, "SignInRefreshBody", {"refresh_token": _TOKEN})
        yield f"{base}/refresh", {"post": part.operation(operations, "200", "SignInTokens", _TOKENS)}
    yield from _of_sessions(operations, found, base)
    yield from mail_paths(operations, found, base)
    yield from key_paths(operations, found, base)


def _of_sessions(operations: Operations, found: SignIn, base: str) -> Iterator[tuple[str, Any]]:
    schemas, member = operations.models.schemas, found.membership
    schemas["SignInOutBody"] = object_({"everywhere": {"type": "boolean", "default": False}}, ())
    schemas["SignInPasswordBody"] = object_(
        {"current": text(1, _LONGEST), "password": text(found.shortest, _LONGEST)}
    )
    schemas["SignInSession"] = _session(tenants=member is not None)
    schemas["SignInKeySet"] = _key_set()
    codes = (*ALWAYS, "unauthenticated", "forbidden", *BODY, *LAST)
    out = Part("sign_out", "Sign out", codes, "SignInOutBody", {"everywhere": False}, needed=False)
    example = {"current": _PASSWORD, "password": "another long password"}
    change = Part("change_password", "Change the password", codes, "SignInPasswordBody", example)
    for path, part in (("sign-out", out), ("password", change)):
        made = part.operation(operations, "200", "SignInTokens", "")
        closed(operations, made)
        yield f"{base}/{path}", {"post": made}
    shown = Part(
        "show_session", "Show the caller that is signed in", (*ALWAYS, "unauthenticated", "forbidden", *LAST)
    )
    made = shown.operation(operations, "200", "SignInSession", "The caller.")
    made["security"] = [{"bearer": []}]
    if member is not None:
        made["parameters"] = [tenant(member.header)]
    yield f"{base}/session", {"get": made}
    keys = Part("key_set", "The keys that tokens are signed with", (*ALWAYS, *LAST))
    yield KEY_SET, {"get": keys.operation(operations, "200", "SignInKeySet", "The public keys.")}


def _sign_up(operations: Operations, found: SignIn) -> Schema:
    system = operations.system
    assert system.identity is not None and found.sign_up is not None
    members = input_members(system, system.entity(system.identity.entity), found.sign_up)
    made = operations.models.sent(members)
    made["properties"]["password"] = text(found.shortest, _LONGEST)
    made["required"] = [*made.get("required", ()), "password"]
    return made


def _example(operations: Operations, found: SignIn) -> dict[str, Any]:
    system = operations.system
    assert system.identity is not None and found.sign_up is not None
    entity = system.entity(system.identity.entity)
    body = operations.examples.body(entity, input_members(system, entity, found.sign_up))
    return {**body, "password": _PASSWORD}


def _tokens(found: SignIn) -> Schema:
    seconds: Schema = {"type": "integer", "format": "int32", "minimum": 1, "maximum": 2**31 - 1}
    token: Schema = {"type": "string", "maxLength": 8_192}
    properties = {"access_token": token, "token_type": {"const": "Bearer"}, "expires_in": seconds}
    if found.refresh:
        properties |= {"refresh_token": {"type": "string", "maxLength": 200}, "refresh_expires_in": seconds}
    user: Schema = {"type": "string", "maxLength": 1_000, "description": "The key of a new caller."}
    return {**object_({**properties, "user": user}, tuple(properties)), "description": _TOKENS}


def _session(*, tenants: bool) -> Schema:
    words: Schema = {"type": "string", "maxLength": 1_000}
    key: Schema = {"type": ["string", "integer"], "maxLength": 1_000}
    properties: dict[str, Schema] = {
        "user": words,
        "roles": {"type": "array", "maxItems": 1_000, "items": words},
        "claims": {"type": "object", "additionalProperties": True},
    }
    if tenants:
        properties["tenants"] = {"type": "array", "maxItems": 100_000, "items": key}
    return object_(properties)


def _key_set() -> Schema:
    key: Schema = {
        "type": "object",
        "required": ["kty", "kid"],
        "properties": {"kty": text(1, 10), "kid": text(1, 100)},
    }
    return object_({"keys": {"type": "array", "maxItems": 100, "items": key}})
