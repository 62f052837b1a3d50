"""E3: sign-in that cannot work."""

from dataclasses import dataclass

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue import policy as declared
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class BadSignIn(Fact):
    DIAGNOSTIC = declared.BAD_SIGN_IN

    why: str
    remedy: str
    span: Span
