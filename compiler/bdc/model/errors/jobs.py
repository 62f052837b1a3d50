"""E4: jobs that could not run."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.jobs import UNFIT_JOB
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnfitJob(Fact):
    """`what` is wrong, `why` at that place; `help`: what to write instead."""

    DIAGNOSTIC = UNFIT_JOB

    what: str
    why: str
    help: str
    span: Span
