"""One change between two systems, in the terms of the surface that shows it."""

from enum import StrEnum
from hashlib import sha256

from bdc.changes.kinds import KINDS
from bdc.changes.scale import Bump, Severity
from bdc.ir import Origin
from bdc.source.records import dataclass

Example = tuple[tuple[str, str], ...]  # what is looked at, and its value, both in words


class Surface(StrEnum):
    """The audience of a change: the first word of its code."""

    REST = "rest"
    GRAPHQL = "graphql"
    EVENTS = "events"
    BEHAVIOUR = "behaviour"
    CONFIGURATION = "configuration"
    POLICY = "policy"
    DEPLOYMENT = "deployment"


@dataclass(frozen=True, slots=True)
class Access:
    """Which roles gain or lose which action, on which operations of the apis. `example`: a row that shows it, by what is looked at and
    its value; empty where every row does."""

    roles: tuple[str, ...]
    action: str
    surfaces: tuple[str, ...] = ()
    example: Example = ()


@dataclass(frozen=True, slots=True)
class Change:
    """`place` is readable and stable (`GET /v1/orders ?status`, `Order.total`): with the code it names the change in approvals.
    `origin`: where the new side says it, or the old one when it is gone; None where nothing is written. `help`: what to do
    instead, empty when nothing needs doing. `access`: of a change of policy. `cause`: the rename that it follows from
    (`Customer.name`, by its old name). `content`: what the message does not spell; an approval holds for it alone."""

    code: str
    place: str
    message: str
    help: str = ""
    origin: Origin | None = None
    access: Access | None = None
    cause: str = ""
    content: str = ""

    @property
    def surface(self) -> Surface:
        return Surface(self.code.partition(".")[0])

    @property
    def severity(self) -> Severity:
        return KINDS[self.code].severity

    @property
    def security(self) -> bool:
        """Whether callers can do or see more than before: a security finding."""
        return KINDS[self.code].security

    @property
    def pin(self) -> str:
        """Twelve digits that stand for what exactly changes: an approval with them covers no other change of the same place. The
        message is part of it: another wording would end approvals that are in use."""
        said = "\0".join((self.code, self.place, self.message, self.content))
        return sha256(said.encode()).hexdigest()[:12]

    @property
    def bump(self) -> Bump:
        return KINDS[self.code].bump
