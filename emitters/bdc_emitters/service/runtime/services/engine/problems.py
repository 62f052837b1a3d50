"""Refusals: the one exception that every layer raises and that `api` turns into a problem document (RFC 9457)."""

from collections.abc import Mapping, Sequence
from typing import Any

TITLES: dict[str, tuple[int, str]] = {
    "malformed-request": (400, "The request cannot be parsed"),
    "invalid-cursor": (400, "The cursor is not valid for this list"),
    "unknown-parameter": (400, "Unknown query parameter"),
    "unauthenticated": (401, "The request is not authenticated"),
    "sign-in-refused": (401, "The login or the password is wrong"),
    "refresh-refused": (401, "The refresh token is not accepted"),
    "forbidden": (403, "The caller is not allowed to do this"),
    "not-found": (404, "There is no such resource for this caller"),
    "method-not-allowed": (405, "This resource does not support the method"),
    "conflict": (409, "The request conflicts with another row"),
    "illegal-transition": (409, "The state of the row does not allow this"),
    "precondition-failed": (412, "The row has changed since it was read"),
    "payload-too-large": (413, "The request is larger than this service accepts"),
    "unsupported-media-type": (415, "This operation does not read the format of the body"),
    "validation-failed": (422, "The request has invalid members"),
    "idempotency-key-reused": (422, "This idempotency key was used for another request"),
    "too-many-requests": (429, "Too many requests"),
    "headers-too-large": (431, "The request's headers are larger than this service accepts"),
    "internal-error": (500, "Internal error"),
    "not-implemented": (501, "This operation is not implemented"),
    "unavailable": (503, "The service is not available"),
    "timeout": (504, "The request took too long"),
}

STANDARD = frozenset({"type", "title", "status", "detail", "code", "request_id", "errors", "instance"})


class Problem(Exception):
    """A refusal with a stable `code`, the HTTP `status`, and members for programs.

    `errors` lists every invalid member: `{"path": JSON pointer, "code": …, "message": …}`. `headers` go to the response.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        status: int | None = None,
        members: Mapping[str, Any] | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(detail or code)
        known_status, title = TITLES.get(code, (status or 500, code.replace("-", " ").capitalize()))
        self.code = code
        self.status = status or known_status
        self.title = title
        self.detail = detail
        self.extra: dict[str, Any] = dict(members or {})
        self.errors = list(errors)
        self.headers = tuple(headers)

    def members(self) -> dict[str, Any]:
        """Return the problem document without `request_id`. Extra members that are named like a standard one stand in `members`."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = self.errors
        nested = {name: value for name, value in self.extra.items() if name in STANDARD}
        if nested:
            document["members"] = nested
        document.update({name: value for name, value in self.extra.items() if name not in STANDARD})
        return document


def invalid(path: str, code: str, message: str) -> Problem:
    """Return a 422 about one member."""
    return Problem("validation-failed", errors=[{"path": path, "code": code, "message": message}])


def timed_out(detail: str = "") -> Problem:
    """Return the 504 of a request that took too long; the caller may try again."""
    return Problem("timeout", detail, headers=[(b"retry-after", b"1")])


def unavailable(detail: str, retry_after: int = 1) -> Problem:
    """Return a 503 that tells the caller when to come back."""
    return Problem("unavailable", detail, headers=[(b"retry-after", str(retry_after).encode())])
