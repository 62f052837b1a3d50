"""The operations of sign-in, which stand in no resource."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import SignIn, SystemIR
from bdc.naming.distinct import aside
from bdc.surface import input_members
from bdc.surface.sign_in import KEY_SET, sign_in_path
from bdc_emitters.openapi.answers import JSON
from bdc_emitters.openapi.operations import Operations
from bdc_emitters.openapi.types import NO_NUL, Schema, ref

TAG = "Sign-in"
_PASSWORD = "correct horse battery staple"
_TOKEN = "c2Vzc2lvbnMgYXJlIGNvbnRpbnVlZCBieSB0aGlz0000"
_LONGEST = 256
_ALWAYS = ("malformed-request", "unknown-parameter")
_BODY = ("payload-too-large", "unsupported-media-type", "validation-failed")
_LAST = ("too-many-requests", "internal-error", "unavailable", "timeout")


def sign_in_paths(operations: Operations) -> dict[str, Any]:
    """Return the paths of sign-in and add their schemas; nothing where callers do not sign in here."""
    system = operations.system
    found = system.identity.sign_in if system.identity is not None else None
    if found is None:
        return {}
    return dict(_paths(operations, found))


def tag(system: SystemIR) -> list[dict[str, str]]:
    """Return the tag of these operations, where there are some."""
    text = "Signing up, in and out, and what continues a session."
    return [{"name": TAG, "description": text}] if sign_in_path(system) else []


def _paths(operations: Operations, found: SignIn) -> Iterator[tuple[str, Any]]:
    base, schemas = sign_in_path(operations.system), operations.models.schemas
    schemas |= {"SignInTokens": _tokens(found), "SignInBody": _credentials(found)}
    if found.sign_up is not None:
        body = _sign_up(operations, found)
        schemas["SignInUpBody"] = body
        example = _example(operations, found)
        codes = (*_ALWAYS, "conflict", *_BODY, *_LAST)
        made = _operation(
            operations, "sign_up", "Sign up", codes, body="SignInUpBody", example=example, status="201"
        )
        yield f"{base}/sign-up", {"post": made}
    example = {found.login: "ann@example.com", "password": _PASSWORD}
    codes = (*_ALWAYS, "sign-in-refused", *_BODY, *_LAST)
    yield (
        f"{base}/sign-in",
        {"post": _operation(operations, "sign_in", "Sign in", codes, body="SignInBody", example=example)},
    )
    if found.refresh:
        schemas["SignInRefreshBody"] = _object({"refresh_token": _text(1, 200)})
        codes = (*_ALWAYS, "refresh-refused", *_BODY, *_LAST)
        example = {"refresh_token": _TOKEN}
        made = _operation(
            operations, "refresh", "Continue a session", codes, body="SignInRefreshBody", example=example
        )
        yield f"{base}/refresh", {"post": made}
    yield from _of_sessions(operations, found, base)


def _of_sessions(operations: Operations, found: SignIn, base: str) -> Iterator[tuple[str, Any]]:
    schemas = operations.models.schemas
    member = found.membership
    schemas["SignInOutBody"] = _object({"everywhere": {"type": "boolean", "default": False}}, required=())
    schemas["SignInPasswordBody"] = _object(
        {"current": _text(1, _LONGEST), "password": _text(found.shortest, _LONGEST)}
    )
    schemas["SignInSession"] = _session(tenants=member is not None)
    codes = (*_ALWAYS, "unauthenticated", "forbidden", *_BODY, *_LAST)
    out = _operation(
        operations,
        "sign_out",
        "Sign out",
        codes,
        body="SignInOutBody",
        example={"everywhere": False},
        needed=False,
    )
    example = {"current": _PASSWORD, "password": "another long password"}
    change = _operation(
        operations,
        "change_password",
        "Change the password",
        codes,
        body="SignInPasswordBody",
        example=example,
    )
    for made in (out, change):
        _closed(operations, made)
    yield f"{base}/sign-out", {"post": out}
    yield f"{base}/password", {"post": change}
    answers = (*_ALWAYS, "unauthenticated", "forbidden", *_LAST)
    shown = _operation(operations, "show_session", "Who is signed in", answers)
    _answers(operations, shown, "SignInSession", "The caller.")
    shown["security"] = [{"bearer": []}]
    if member is not None:
        shown["parameters"] = [_tenant(member.header)]
    yield f"{base}/session", {"get": shown}
    schemas["SignInKeySet"] = _key_set()
    keys = _operation(operations, "key_set", "The keys that tokens are signed with", (*_ALWAYS, *_LAST))
    _answers(operations, keys, "SignInKeySet", "The public keys.")
    yield KEY_SET, {"get": keys}


def _operation(
    operations: Operations,
    name: str,
    summary: str,
    codes: tuple[str, ...],
    *,
    body: str = "",
    example: Any = None,
    status: str = "200",
    needed: bool = True,
) -> dict[str, Any]:
    taken = {endpoint.id for endpoint in operations.endpoints}
    made: dict[str, Any] = {
        "operationId": aside(name, taken),
        "tags": [TAG],
        "summary": summary,
        "security": [{}],
    }
    if body:
        media = {"schema": ref(body), "example": example}
        made["requestBody"] = {"required": needed, "content": {JSON: media}}
    success = operations.answers.success("Tokens of a session.", ref("SignInTokens"), limited=False)
    made["responses"] = {status: success, **operations.answers.refusals(codes, limited=False)}
    return made


def _closed(operations: Operations, made: dict[str, Any]) -> None:
    """Make an operation one of a session, which answers with nothing."""
    made["security"] = [{"bearer": []}]
    responses = made["responses"]
    del responses["200"]
    done = operations.answers.success("It is done.", None, limited=False)
    made["responses"] = {"204": done, **responses}


def _answers(operations: Operations, made: dict[str, Any], name: str, text: str) -> None:
    made["responses"]["200"] = operations.answers.success(text, ref(name), limited=False)


def _object(properties: dict[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    made: Schema = {"type": "object", "additionalProperties": False}
    names = tuple(properties) if required is None else required
    return {**made, **({"required": list(names)} if names else {}), "properties": properties}


def _text(least: int, most: int) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": NO_NUL}


def _credentials(found: SignIn) -> Schema:
    return _object({found.login: _text(1, 1_000), "password": _text(1, _LONGEST)})


def _sign_up(operations: Operations, found: SignIn) -> Schema:
    system = operations.system
    assert system.identity is not None and found.sign_up is not None
    members = input_members(system, system.entity(system.identity.entity), found.sign_up)
    made = operations.models.sent(members)
    made["properties"]["password"] = _text(found.shortest, _LONGEST)
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
    names = tuple(properties)
    user: Schema = {"type": "string", "maxLength": 1_000, "description": "The key of a new caller."}
    return {**_object({**properties, "user": user}, names), "description": "Tokens of a session."}


def _session(*, tenants: bool) -> Schema:
    text: Schema = {"type": "string", "maxLength": 1_000}
    key: Schema = {"type": ["string", "integer"], "maxLength": 1_000}
    properties: dict[str, Schema] = {
        "user": text,
        "roles": {"type": "array", "maxItems": 1_000, "items": text},
        "claims": {"type": "object", "additionalProperties": True},
    }
    if tenants:
        properties["tenants"] = {"type": "array", "maxItems": 100_000, "items": key}
    return _object(properties)


def _tenant(header: str) -> dict[str, Any]:
    text = "The tenant that the request is about, by its key. Without it, the only one that the caller is in."
    schema = {"type": "string", "maxLength": 200}
    return {"name": header, "in": "header", "required": False, "description": text, "schema": schema}


def _key_set() -> Schema:
    key = {
        "type": "object",
        "required": ["kty", "kid"],
        "properties": {"kty": _text(1, 10), "kid": _text(1, 100)},
    }
    return _object({"keys": {"type": "array", "maxItems": 100, "items": key}})
