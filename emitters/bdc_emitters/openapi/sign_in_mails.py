"""Sign-in by mail in the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import SignIn
from bdc_emitters.openapi.operations import Operations
from bdc_emitters.openapi.sign_in_parts import ALWAYS, BODY, LAST, Part, object_, text

_CODES = (*ALWAYS, *BODY, *LAST)
_TOKEN = "c2Vzc2lvbnMgYXJlIGNvbnRpbnVlZCBieSB0aGlz0000"[:43]
_LONGEST = 256


def mail_paths(operations: Operations, found: SignIn, base: str) -> Iterator[tuple[str, Any]]:
    """Yield the paths that the system has, with their schemas."""
    if found.reset is None and found.verify is None:
        return
    schemas = operations.models.schemas
    schemas["SignInLoginBody"] = object_({found.login: text(1, 1_000)})
    example = {found.login: "ann@example.com"}
    if found.reset is not None:
        schemas["SignInResetBody"] = object_(
            {"token": text(1, 200), "password": text(found.shortest, _LONGEST)}
        )
        ask = Part(
            "ask_for_reset", "Ask for a mail that resets the password", _CODES, "SignInLoginBody", example
        )
        body = {"token": _TOKEN, "password": "another long password"}
        accept = Part("reset_password", "Reset the password", _CODES, "SignInResetBody", body)
        yield from _pair(operations, f"{base}/reset", ask, accept)
    if found.verify is not None:
        schemas["SignInVerifyBody"] = object_({"token": text(1, 200)})
        ask = Part(
            "ask_for_verification",
            "Ask for a mail that verifies the login",
            _CODES,
            "SignInLoginBody",
            example,
        )
        accept = Part("verify_login", "Verify the login", _CODES, "SignInVerifyBody", {"token": _TOKEN})
        yield from _pair(operations, f"{base}/verify", ask, accept)


def _pair(operations: Operations, path: str, ask: Part, accept: Part) -> Iterator[tuple[str, Any]]:
    words = "A mail is on its way where the login is known. The answer is the same where it is not."
    yield path, {"post": _nothing(operations, ask, words)}
    yield f"{path}/accept", {"post": _nothing(operations, accept, "It is done.")}


def _nothing(operations: Operations, part: Part, words: str) -> dict[str, Any]:
    """Return an operation for callers without credentials that answers with nothing."""
    made = part.operation(operations, "204", "SignInLoginBody", words)
    made["responses"]["204"] = operations.answers.success(words, None, limited=False)
    return made
