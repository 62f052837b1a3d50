"""What the phases of resolving share while they run: each phase fills its part and reads those before it.

Only `resolve` makes one; it is not visible outside of this package. The frozen `Model` is made from it at the end.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from bdc import ir
from bdc.diagnostics import DiagnosticSink, Fact
from bdc.model.errors.names import UnknownDeclaration, WrongKind
from bdc.model.names import BROKEN, FileNames, Names, Symbol
from bdc.model.nodes.api import Api
from bdc.model.nodes.behaviour import ErrorDecl, Event, Machine, Scenario, Seed
from bdc.model.nodes.deploy import Deploy, LoadEntry
from bdc.model.nodes.domain import Domain
from bdc.model.nodes.entity import Entity, Sql, SqlExpression
from bdc.model.nodes.evolution import Removal
from bdc.model.nodes.external import External
from bdc.model.nodes.job import Job
from bdc.model.nodes.policy import Identity, Policy, Role
from bdc.model.nodes.values import Entry, Enum, Struct
from bdc.model.nodes.webhooks import Audit, Consumer, Receiver, Source, Stream, Webhooks
from bdc.source import Span
from bdc.syntax import ast


@dataclass(slots=True)
class ResolveContext:
    sink: DiagnosticSink
    names: Names
    offered: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    aliases: dict[tuple[str, str], ir.Type | None] = field(default_factory=dict)
    open_aliases: list[tuple[str, str]] = field(default_factory=list)
    enums: dict[str, Enum] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    structs: dict[str, Struct] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    errors: dict[str, ErrorDecl] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    machines: list[Machine] = field(default_factory=list)
    identity: Identity | None = None
    others: list[Identity] = field(default_factory=list)
    calling: Identity | None = None
    roles: dict[str, Role] = field(default_factory=dict)
    policies: list[Policy] = field(default_factory=list)
    apis: list[Api] = field(default_factory=list)
    externals: dict[str, External] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    job_parameters: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    queued_jobs: set[str] = field(default_factory=set)
    load: list[LoadEntry] = field(default_factory=list)
    deploys: list[Deploy] = field(default_factory=list)
    seeds: dict[str, Seed] = field(default_factory=dict)
    scenarios: list[Scenario] = field(default_factory=list)
    sql: list[Sql] = field(default_factory=list)
    sql_expressions: list[SqlExpression] = field(default_factory=list)
    webhooks: Webhooks | None = None
    audit: Audit | None = None
    stream: Stream | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    receivers: dict[str, Receiver] = field(default_factory=dict)
    consumers: list[Consumer] = field(default_factory=list)
    dropped: list[Removal] = field(default_factory=list)

    def identity_of(self, entity: str) -> Identity | None:
        """Return the identity whose callers are rows of `entity`: the main one where none is."""
        return next((each for each in self.others if each.entity == entity), self.identity)

    def identity_with(self, role: str) -> Identity | None:
        """Return the identity that a role belongs to: the main one, unless another lists it."""
        listing = (each for each in self.others if any(word.text == role for word in each.roles))
        return next(listing, self.identity)

    @contextmanager
    def called_by(self, identity: Identity | None) -> Iterator[None]:
        """While this lasts, `actor` is a caller of `identity`; of the main one where it is None."""
        before, self.calling = self.calling, identity
        try:
            yield
        finally:
            self.calling = before

    def report(self, fact: Fact) -> None:
        self.sink.add(fact)

    def is_unreadable(self, span: Span) -> bool:
        """Say whether a syntax error was reported in `span` or after it in its line: what is missing was not left out."""
        text = next(tree.file.text for tree in self.names.trees if tree.file.path == span.file)
        end = text.find("\n", span.end)
        places = (
            found.primary.span for found in self.sink.in_source_order() if found.primary and found.code < "E1"
        )
        return any(
            place.file == span.file and span.start <= place.start and (place.start <= end or end < 0)
            for place in places
        )

    def file(self, span: Span) -> FileNames:
        """Return what names mean in the file that `span` is in."""
        return self.names.of(span)

    def declarations(self) -> Iterable[ast.Declaration]:
        """Every declaration of every file, in order."""
        for tree in self.names.trees:
            yield from tree.declarations

    def symbol(
        self, name: ast.Name, kind: str, also: str = "", built_in: tuple[str, ...] = ()
    ) -> Symbol | None:
        """Return the visible declaration of that kind (or of kind `also`), or report why there is none. `built_in`: what may be meant beside
        what is declared."""
        file = self.file(name.span)
        found = file.find(name.text)
        if found is None:
            if name.text not in file.broken:
                elsewhere = self.names.module_that_declares(name.text, (kind,))
                importing = self.names.importing(name.span, elsewhere, name.text)
                known = (*file.visible((kind,)), *built_in)
                self.report(UnknownDeclaration(kind, name.text, name.span, known, elsewhere, importing))
            return None
        if found.kind == BROKEN:
            return None
        if found.kind not in (kind, also):
            self.report(
                WrongKind(name.text, name.span, with_article(kind), with_article(found.kind), found.span)
            )
            return None
        return found

    def entity(self, path: ast.Path, *, views: bool = False) -> Entity | None:
        """Return the entity (with `views`: or view) that a path of one name means, or report why it means none."""
        found = self.symbol(path.last, "entity", "view" if views else "")
        return self.entities.get(found.name) if found is not None else None


def with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
