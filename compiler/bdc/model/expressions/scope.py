"""What names mean where an expression stands."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.source.records import dataclass
from bdc.syntax import ast


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands, in words, and what is possible there.

    `relations`: paths may leave the row. `computed`: computed fields, aggregates and quantifiers may be used. `clock`:
    now() and its like. `environment`: env(). `secrets`: encrypted fields may be compared (in scenarios, which see answers).
    """

    words: str
    relations: bool = True
    computed: bool = True
    clock: bool = True
    environment: bool = False
    secrets: bool = False
    actor: bool = False
    before: bool = False  # old and new
    sql: bool = False  # `sql("…")`: only PostgreSQL evaluates it
    seeds: bool = False  # rows of seeds: `demo.ann`
    generated: bool = False  # PostgreSQL computes it from the row alone
    runs: bool = False  # what has become of jobs about the row


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that is no field: `actor`, `old`, a parameter, a binding, a row of a scenario."""

    root: ir.Root
    type: ir.Type
    nullable: bool = False
    unjudged: bool = False  # it was declared wrongly, so nothing is said about its uses


@dataclass(frozen=True, slots=True)
class Grouped:
    """The rows of `source`, bound to `binding`, in groups: by `keys`, as written and as typed. `view`: of which view."""

    view: str
    source: str
    binding: str
    keys: tuple[tuple[ast.Expr, ir.Expr], ...]


Known = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Scope:
    """`row` is the entity that bare names are fields of; `not_null` the paths that a check around has proved. `grouped`:
    expressions are about groups of rows."""

    context: ResolveContext
    place: Place
    row: str | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    not_null: Known = frozenset()
    grouped: Grouped | None = None

    def knowing(self, facts: Known) -> "Scope":
        return replace(self, not_null=self.not_null | facts) if facts else self

    def binding(self, name: str, entity: str) -> "Scope":
        variable = Variable(ir.Root.BINDING, ir.EntityType(name=entity))
        return replace(self, variables={**self.variables, name: variable})


def caller_scope(context: ResolveContext, entity: str | None, place: Place) -> Scope:
    """Return what names mean where `actor` is known beside the row."""
    identity = context.calling or context.identity
    actor = (
        Variable(ir.Root.ACTOR, ir.EntityType(name=identity.entity))
        if identity is not None and identity.entity
        else Variable(ir.Root.ACTOR, ir.ScalarType(scalar=ir.Scalar.BOOL), unjudged=True)
    )
    return Scope(context, place, entity, {"actor": actor})


Typer = Callable[[ast.Expr, Scope, ir.Type | None], ir.Expr | None]
