"""API keys of callers, and invitations, in the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import ReferenceField, SignIn
from bdc.surface import input_members
from bdc.surface.sign_in import callers_invite, callers_make_keys
from bdc_emitters.openapi.operations import Operations
from bdc_emitters.openapi.sign_in_parts import ALWAYS, BODY, LAST, Part, closed, object_, tenant, text
from bdc_emitters.openapi.types import Schema

_ID: Schema = {"type": "string", "format": "uuid"}
_TIME: Schema = {"type": ["string", "null"], "maxLength": 40}
_NULLABLE: Schema = {"type": ["string", "null"], "maxLength": 1_000}
_SHORT: Schema = {"type": "string", "maxLength": 1_000}
_TOKEN = "c2Vzc2lvbnMgYXJlIGNvbnRpbnVlZCBieSB0aGlz0000"
_PART = {"name": "id", "in": "path", "required": True, "schema": _ID}
_REFUSED = (*ALWAYS, "unauthenticated", "forbidden")


def key_paths(operations: Operations, found: SignIn, base: str) -> Iterator[tuple[str, Any]]:
    """Yield the paths that the system has, with their schemas."""
    if callers_make_keys(operations.system):
        yield from _keys(operations, f"{base}/keys", found)
    if found.membership is not None and found.membership.found is not None:
        yield from _tenants(operations, f"{base}/tenants", found)
    if callers_invite(operations.system):
        yield from _invitations(operations, f"{base}/invitations", found)


def _keys(operations: Operations, path: str, found: SignIn) -> Iterator[tuple[str, Any]]:
    roles: Schema = {"type": "array", "maxItems": 100, "items": text(1, 64)}
    days: Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": 3_660}
    operations.models.schemas |= {
        "SignInKeyBody": object_({"name": text(1, 100), "roles": _or_null(roles), "days": days}, ("name",)),
        "SignInKey": object_({"id": _ID, "prefix": _SHORT, "key": _SHORT}),
        "SignInKeys": _list(
            {"id": _ID, "name": _SHORT, "prefix": _SHORT, "roles": _or_null(roles)}
            | {"tenant": _NULLABLE, "created_at": _TIME, "expires_at": _TIME}
        ),
    }
    add = Part(
        "add_key",
        "Make an API key",
        (*_REFUSED, "conflict", *BODY, *LAST),
        "SignInKeyBody",
        {"name": "ci", "days": 30},
    )
    item = {
        "post": _of(add, operations, "201", "SignInKey", "The key, which is shown once.", found),
        "get": _of(
            Part("list_keys", "List the caller's API keys", (*_REFUSED, *LAST)),
            operations,
            "200",
            "SignInKeys",
            "The keys.",
            None,
        ),
    }
    yield path, item
    yield f"{path}/{{id}}", _removal(operations, "end_key", "Make an API key useless", None)


def _invitations(operations: Operations, path: str, found: SignIn) -> Iterator[tuple[str, Any]]:
    days: Schema = {"type": "integer", "minimum": 1, "maximum": 90}
    body = {found.login: text(1, 1_000), "role": text(1, 64), "days": days}
    operations.models.schemas |= {
        "SignInInvitationBody": object_(body, (found.login,)),
        "SignInInvitation": object_({"id": _ID, "token": _SHORT}),
        "SignInInvitations": _list(
            {"id": _ID, "login": _SHORT, "role": _NULLABLE, "created_at": _TIME, "expires_at": _TIME}
        ),
        "SignInAcceptBody": object_({"token": text(1, 200)}),
        "SignInAccepted": object_({"tenant": _SHORT}),
    }
    example = {found.login: "ben@example.com"}
    invite = Part(
        "invite", "Invite into a tenant", (*_REFUSED, *BODY, *LAST), "SignInInvitationBody", example
    )
    listed = Part("list_invitations", "List open invitations", (*_REFUSED, *LAST))
    yield (
        path,
        {
            "post": _of(invite, operations, "201", "SignInInvitation", "What it is accepted with.", found),
            "get": _of(listed, operations, "200", "SignInInvitations", "The invitations.", found),
        },
    )
    yield f"{path}/{{id}}", _removal(operations, "end_invitation", "Take an invitation back", found)
    codes = (*_REFUSED, "not-found", "conflict", *BODY, *LAST)
    accept = Part("accept_invitation", "Accept an invitation", codes, "SignInAcceptBody", {"token": _TOKEN})
    yield f"{path}/accept", {"post": _of(accept, operations, "200", "SignInAccepted", "The tenant.", None)}


def _tenants(operations: Operations, path: str, found: SignIn) -> Iterator[tuple[str, Any]]:
    member, system = found.membership, operations.system
    assert member is not None and member.found_input is not None
    tenant_field = system.entity(member.entity).field(member.tenant)
    assert isinstance(tenant_field, ReferenceField)
    entity = system.entity(tenant_field.target)
    members = input_members(system, entity, member.found_input)
    operations.models.schemas |= {
        "SignInTenantBody": operations.models.sent(members),
        "SignInTenant": object_({"tenant": _SHORT}),
    }
    codes = (*_REFUSED, "conflict", *BODY, *LAST)
    example = operations.examples.body(entity, members)
    part = Part("found_tenant", "Make a tenant", codes, "SignInTenantBody", example)
    yield path, {"post": _of(part, operations, "201", "SignInTenant", "The tenant.", None)}


def _of(
    part: Part, operations: Operations, status: str, schema: str, description: str, found: SignIn | None
) -> dict[str, Any]:
    made = part.operation(operations, status, schema, description)
    made["security"] = [{"bearer": []}]
    if found is not None and found.membership is not None:
        made["parameters"] = [tenant(found.membership.header)]
    return made


def _removal(operations: Operations, name: str, summary: str, found: SignIn | None) -> dict[str, Any]:
    made = Part(name, summary, (*_REFUSED, "not-found", *LAST)).operation(
        operations, "200", "SignInTokens", ""
    )
    closed(operations, made)
    headers = [tenant(found.membership.header)] if found is not None and found.membership is not None else []
    return {"parameters": [_PART, *headers], "delete": made}


def _or_null(made: Schema) -> Schema:
    return {"oneOf": [made, {"type": "null"}]}


def _list(properties: dict[str, Schema]) -> Schema:
    return object_({"items": {"type": "array", "maxItems": 100_000, "items": object_(properties)}})
