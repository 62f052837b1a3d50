"""E3: sign-in that cannot work."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue import policy as declared
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class BadSignIn(Fact):
    DIAGNOSTIC = declared.BAD_SIGN_IN

    why: str
    remedy: str
    span: Span
