"""Responses: what comes back on success, and a problem document for every status an operation can refuse with."""

from collections.abc import Iterable
from typing import Any

from bdc.ir import ErrorDecl, SystemIR
from bdc.surface.examples import Examples
from bdc_emitters.openapi.types import Mode, Schema, nullable, ref, schema

JSON = "application/json"
PROBLEM = "application/problem+json"

# code → (status, what it means); the titles of a problem document.
STANDARD: dict[str, tuple[int, str]] = {
    "malformed-request": (400, "The request cannot be parsed."),
    "unknown-parameter": (400, "Unknown query parameter."),
    "invalid-cursor": (400, "The cursor is not valid for this list."),
    "unauthenticated": (401, "The request is not authenticated."),
    "sign-in-refused": (401, "The login or the password is wrong."),
    "refresh-refused": (401, "The refresh token is unknown, used or expired."),
    "forbidden": (403, "The caller is not allowed to do this; `rule` names the rule that decided."),
    "not-found": (404, "There is no such resource for this caller."),
    "conflict": (409, "The request conflicts with another row."),
    "illegal-transition": (409, "The state of the row does not allow this."),
    "precondition-failed": (412, "The row has changed since it was read."),
    "payload-too-large": (413, "The request is larger than this service accepts."),
    "unsupported-media-type": (415, "This operation does not read the format of the body."),
    "validation-failed": (422, "The request has invalid members; `errors` lists them."),
    "idempotency-key-reused": (422, "This idempotency key was used for another request."),
    "too-many-requests": (429, "Too many requests; `Retry-After` says when to try again."),
    "internal-error": (500, "Internal error."),
    "not-implemented": (501, "This operation is not implemented."),
    "unavailable": (503, "The service is not available; `Retry-After` says when to try again."),
    "timeout": (504, "The request took too long."),
}
_MEMBERS: dict[str, dict[str, Schema]] = {
    "forbidden": {
        "rule": {
            "type": ["string", "null"],
            "maxLength": 200,
            "description": "The id of the rule that decided.",
        },
        "because": {
            "type": ["string", "null"],
            "maxLength": 1000,
            "description": "The reason, as the policy gives it.",
        },
    },
}
_COUNT = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2**31 - 1}
HEADERS: dict[str, Schema] = {
    "X-Request-Id": {
        "description": "Names this request in logs, traces and problem documents.",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    },
    "ETag": {
        "description": "The version of the row: give it back as `If-Match`.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]{1,19}"$', "maxLength": 21},
    },
    "AnswerETag": {
        "description": "Names this answer: give it back as `If-None-Match`; of one row with versions as `If-Match` too.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"([0-9]{1,19}-)?[0-9a-f]{16}"$', "maxLength": 38},
    },
    "Last-Write": {
        "description": "How far the database is after this write: send it back with reads that have to see it.",
        "schema": {"type": "string", "pattern": "^[0-9A-F]+/[0-9A-F]+-[0-9]+$", "maxLength": 40},
    },
    "Location": {
        "description": "The path of the new row.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference", "maxLength": 2048},
    },
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": _COUNT},
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"type": "string", "maxLength": 1024},
    },
    "RateLimit-Limit": {"description": "Requests allowed in the current window.", "schema": _COUNT},
    "RateLimit-Remaining": {"description": "Requests left in the current window.", "schema": _COUNT},
    "RateLimit-Reset": {"description": "Seconds until the window starts again.", "schema": _COUNT},
}
_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_NAMES = {"AnswerETag": "ETag"}  # components that are called otherwise than their header
_OWN_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


class Answers:
    """Responses of one system; those with the same problems are one component."""

    def __init__(self, system: SystemIR, examples: Examples) -> None:
        self._examples = examples
        self._errors = {error.code: error for error in system.errors}
        self._used: set[str] = set()
        self._headers: set[str] = set()
        self._responses: dict[str, Schema] = {}

    def success(
        self, description: str, content: Schema | None, *, limited: bool, headers: Iterable[str] = ()
    ) -> Schema:
        """Return a response with `content` (a schema; None: no body)."""
        made: Schema = {
            "description": description,
            "headers": self._header_refs((*headers,), limited=limited),
        }
        if content is not None:
            made["content"] = {JSON: {"schema": content}}
        return made

    def followed(self, made: Schema) -> Schema:
        """Return the response of a write, with what later reads of replicas send back."""
        name = "Last-Write"
        self._headers.add(name)
        return {**made, "headers": {**made["headers"], name: {"$ref": f"#/components/headers/{name}"}}}

    def refusals(self, codes: Iterable[str], *, limited: bool) -> dict[str, Schema]:
        """Return status → response for the problems an operation can answer with."""
        by_status: dict[int, list[str]] = {}
        for code in codes:
            by_status.setdefault(self._status(code), []).append(code)
        return {
            str(status): self._response(status, found, limited) for status, found in sorted(by_status.items())
        }

    def components(self) -> dict[str, dict[str, Schema]]:
        """Return the components that were used: headers, responses, and schemas of problems."""
        schemas = {problem_name(code): self._problem(code) for code in sorted(self._used)}
        return {
            "headers": {name: HEADERS[name] for name in HEADERS if name in self._headers},
            "responses": {name: self._responses[name] for name in sorted(self._responses)},
            "schemas": {"ValidationError": VALIDATION_ERROR, **schemas}
            if "validation-failed" in self._used
            else schemas,
        }

    def _status(self, code: str) -> int:
        return self._errors[code].status if code in self._errors else STANDARD[code][0]

    def _response(self, status: int, codes: list[str], limited: bool) -> Schema:
        name = "Or".join(_pascal(code) for code in codes) + ("" if limited else "Unlimited")
        if name not in self._responses:
            self._used.update(codes)
            self._responses[name] = {
                "description": " ".join(self._meaning(code) for code in codes),
                "headers": self._header_refs(_OWN_HEADERS.get(status, ()), limited=limited),
                "content": {PROBLEM: {"schema": _one_of(codes), **self._documents(codes)}},
            }
        return {"$ref": f"#/components/responses/{name}"}

    def _meaning(self, code: str) -> str:
        error = self._errors.get(code)
        return (error.doc or f"`{code}`.") if error else STANDARD[code][1]

    def _header_refs(self, names: tuple[str, ...], *, limited: bool) -> dict[str, Schema]:
        wanted = (*names, *(_LIMITS if limited else ()), "X-Request-Id")
        self._headers.update(wanted)
        return {_NAMES.get(name, name): {"$ref": f"#/components/headers/{name}"} for name in wanted}

    def _documents(self, codes: list[str]) -> Schema:
        return {"examples": {code: {"value": self.example(code)} for code in codes}}

    def example(self, code: str) -> Schema:
        """Return a problem document as the service would write it."""
        error = self._errors.get(code)
        values = (
            {member.name: self._examples.value(member.type, member.name) for member in error.members}
            if error
            else {}
        )
        return {
            **{name: value for name, value in values.items() if name not in STANDARD_MEMBERS},
            "type": f"urn:problem:{code}",
            "title": code.replace("-", " ").capitalize(),
            "status": self._status(code),
            "code": code,
            "request_id": "01985c7e-9f3a-7c41-8a52-0d6f5e8c1b2a",
            **_set_apart(values),
        }

    def _problem(self, code: str) -> Schema:
        error = self._errors.get(code)
        properties = {**_BASE, "code": {"const": code}, "status": {"const": self._status(code)}}
        properties["type"] = {"const": f"urn:problem:{code}"}
        required = ["type", "title", "status", "code", "request_id"]
        if code == "validation-failed":
            properties["errors"] = {"type": "array", "maxItems": 1000, "items": ref("ValidationError")}
        properties |= _MEMBERS.get(code, {})
        if error:
            found = _named_members(error)
            apart = _set_apart(found)
            properties |= {name: made for name, made in found.items() if name not in STANDARD_MEMBERS}
            required += [name for name in found if name not in STANDARD_MEMBERS]
            if apart:
                inside = apart["members"]
                properties["members"] = {"type": "object", "required": list(inside), "properties": inside}
                required.append("members")
        # open on purpose: a reader of problem documents ignores members it does not know (RFC 9457, 3.2)
        return {
            "type": "object",
            "description": self._meaning(code),
            "required": required,
            "properties": properties,
        }


VALIDATION_ERROR: Schema = {
    "type": "object",
    "description": "One thing that is wrong with the request.",
    "required": ["path", "code", "message"],
    "properties": {
        "path": {
            "type": "string",
            "maxLength": 1000,
            "description": "A JSON pointer into the body, or `?name` for a query parameter.",
        },
        "code": {"type": "string", "maxLength": 100},
        "message": {"type": "string", "maxLength": 4000},
    },
}
_BASE: dict[str, Schema] = {
    "type": {"type": "string", "format": "uri", "maxLength": 200},
    "title": {"type": "string", "maxLength": 500},
    "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599},
    "code": {"type": "string", "maxLength": 100},
    "detail": {"type": "string", "maxLength": 10_000},
    "request_id": {"type": "string", "maxLength": 128},
}


STANDARD_MEMBERS = frozenset((*_BASE, "errors", "instance"))


def problem_name(code: str) -> str:
    """Return the component of a problem: `OutOfStockProblem`."""
    return f"{_pascal(code)}Problem"


def _set_apart(members: dict[str, Any]) -> dict[str, Any]:
    """Members whose names a problem document has itself stand inside `members`."""
    found = {name: value for name, value in members.items() if name in STANDARD_MEMBERS}
    return {"members": found} if found else {}


def _named_members(error: ErrorDecl) -> dict[str, Schema]:
    found = {}
    for member in error.members:
        made = schema(member.type, Mode.READ)
        made = nullable(made) if member.nullable else made
        found[member.name] = {**made, "description": member.doc} if member.doc else made
    return found


def _one_of(codes: list[str]) -> Schema:
    if len(codes) == 1:
        return ref(problem_name(codes[0]))
    return {"oneOf": [ref(problem_name(code)) for code in codes]}


def _pascal(code: str) -> str:
    return "".join(part.capitalize() for part in code.split("-"))
