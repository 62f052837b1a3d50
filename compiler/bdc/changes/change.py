"""One change between two systems, in terms of whoever meets it."""

from dataclasses import dataclass
from enum import StrEnum

from bdc.changes.kinds import KINDS
from bdc.changes.scale import Bump, Severity
from bdc.ir import Origin


class Surface(StrEnum):
    """Who meets a change: the first word of its code."""

    REST = "rest"
    GRAPHQL = "graphql"
    EVENTS = "events"
    CONFIGURATION = "configuration"
    POLICY = "policy"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Change:
    """`place` is readable and stable (`GET /v1/orders ?status`, `Order.total`): with the code it names the change in approvals.
    `origin`: where the new side says it, or the old one when it is gone; None where nothing is written. `help`: what to do
    instead, empty when nothing needs doing."""

    code: str
    place: str
    message: str
    help: str = ""
    origin: Origin | None = None

    @property
    def surface(self) -> Surface:
        return Surface(self.code.partition(".")[0])

    @property
    def severity(self) -> Severity:
        return KINDS[self.code].severity

    @property
    def bump(self) -> Bump:
        return KINDS[self.code].bump
