"""E44: other services, and calls of them."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.externals import HELD_OVER_CALL, OVER_DEADLINE, UNFIT_EXTERNAL
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnfitExternal(Fact):
    """`what` is wrong, `why` at that place; `help`: what to write instead."""

    DIAGNOSTIC = UNFIT_EXTERNAL

    what: str
    why: str
    help: str
    span: Span


@dataclass(frozen=True, slots=True)
class HeldOverCall(Fact):
    """A transaction would stay open while another service is waited for."""

    DIAGNOSTIC = HELD_OVER_CALL

    caller: str
    called: str
    help: str
    span: Span


@dataclass(frozen=True, slots=True)
class OverDeadline(Fact):
    """Calls may take longer than their caller has. Times in words."""

    DIAGNOSTIC = OVER_DEADLINE

    caller: str
    longest: str
    most: str
    help: str
    span: Span
