"""E4: mails that could not be sent."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.jobs import UNFIT_MAIL
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnfitMail(Fact):
    """`what` is wrong, `why` at that place; `help`: what to write instead."""

    DIAGNOSTIC = UNFIT_MAIL

    what: str
    why: str
    help: str
    span: Span
