"""E3: what is found wrong with policies while they are resolved."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue import policy as declared
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class OldOutsideUpdate(Fact):
    DIAGNOSTIC = declared.OLD_OUTSIDE_UPDATE

    name: str
    place: str
    span: Span


@dataclass(frozen=True, slots=True)
class DuplicatePolicy(Fact):
    DIAGNOSTIC = declared.DUPLICATE_POLICY

    entity: str
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class TwoOf(Fact):
    """Two scopes in a policy, two identities in a system."""

    DIAGNOSTIC = declared.TWO_OF

    what: str
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class NoIdentity(Fact):
    DIAGNOSTIC = declared.NO_IDENTITY

    span: Span


@dataclass(frozen=True, slots=True)
class BadVia(Fact):
    DIAGNOSTIC = declared.BAD_VIA

    path: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class TwoIdentities(Fact):
    """Two identities, and no word on which roles belong to which."""

    DIAGNOSTIC = declared.TWO_IDENTITIES

    entity: str
    example: str
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class BadIdentity(Fact):
    """An identity beside the main one, or something about its callers, that cannot work."""

    DIAGNOSTIC = declared.BAD_IDENTITY

    why: str
    remedy: str
    span: Span
