"""The facts that this package reports."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import ROUTE_CLASH
from bdc.diagnostics.catalogue.targets import (
    DATABASE_NAME_CLASH,
    GRAPHQL_NAME_CLASH,
    HANDLER_FILE_CLASH,
    NOTHING_TO_QUERY,
)
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a name in a target: what it is in words, and where it is written."""

    what: str
    span: Span


@dataclass(frozen=True, slots=True)
class NameClash(Fact):
    """Two things that have one name in a target. `kind`: of the name (`type`, `mutation`, `field of \\`Order\\``)."""

    kind: str
    name: str
    first: Thing
    second: Thing
    help: str

    @property
    def first_span(self) -> Span:
        return self.first.span

    def primary_span(self) -> Span:
        return self.second.span


class GraphqlNameClash(NameClash):
    __slots__ = ()
    DIAGNOSTIC = GRAPHQL_NAME_CLASH


@dataclass(frozen=True, slots=True)
class NothingToQuery(Fact):
    """A schema without queries, which GraphQL does not know."""

    DIAGNOSTIC = NOTHING_TO_QUERY

    api: str
    span: Span


class HandlerFileClash(NameClash):
    __slots__ = ()
    DIAGNOSTIC = HANDLER_FILE_CLASH


class DatabaseNameClash(NameClash):
    __slots__ = ()
    DIAGNOSTIC = DATABASE_NAME_CLASH


@dataclass(frozen=True, slots=True)
class RouteClash(Fact):
    """Two operations that answer the same requests."""

    DIAGNOSTIC = ROUTE_CLASH

    name: str
    span: Span
    first: Span
