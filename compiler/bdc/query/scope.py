"""Where the names of an expression point while it is lowered."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from itertools import count

from sqlglot import exp

from bdc.ir import CollectionField, Entity, Expr, Path, ReferenceField, SystemIR, Type
from bdc.query.claims import claim_setting, has_role
from bdc.query.names import column
from bdc.query.trees import scalar_query
from bdc.source.records import dataclass, replace

ClaimReader = Callable[[SystemIR, str], exp.Expression]
ParameterReader = Callable[[str, Type], exp.Expression]
RoleTest = Callable[[Iterable[str]], exp.Expression]
AggregateReader = Callable[[exp.Expression, Iterable[exp.Expression], exp.Expression | None], exp.Expression]
OwnReader = Callable[[Path], exp.Expression]
ReadGuard = Callable[["Scope", "Row", ReferenceField | CollectionField, "Row"], Iterable[exp.Expression]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row in reach: `alias` is a FROM alias, a table name, or a record variable of a function."""

    entity: Entity
    alias: str

    def column(self, name: str) -> exp.Column:
        return column(self.alias, name)


@dataclass(frozen=True, slots=True)
class Held:
    """A row that is known by its key alone, whose fields are looked up where they are needed."""

    entity: Entity
    key: tuple[exp.Expression, ...]


class Names:
    """Fresh aliases for the subqueries of one statement."""

    def __init__(self, prefix: str = "r") -> None:
        self._numbers: Iterator[int] = count(1)
        self._prefix = prefix

    def fresh(self) -> str:
        return f"{self._prefix}{next(self._numbers)}"


def named_parameter(name: str, logical: Type) -> exp.Expression:
    """Default reader of parameters: a variable `p_<name>` of the function around."""
    return exp.Column(this=exp.Identifier(this=f"p_{name}", quoted=False))


@dataclass(frozen=True)
class Scope:
    """`row`, `old` and `new` may be missing: an expression that needs one raises KeyError. `parameter`, `claim` and
    `role_test` say how those are read, `aggregate` where a sum or count over other rows (value, sources, condition) is worked out;
    `sight` yields what a row must fulfil that a relation leads to (None: nothing). `immutable`: the SQL must not depend on
    settings of the session, as that of an index. `grouped`: what stands for expressions about a group of rows. `held`: rows that
    parameters name. `own`: how a field of the caller's own row is read (None: by a look at it). `denying`: the condition closes rows,
    so that an unknown one must stay unknown."""

    system: SystemIR
    row: Row | None = None
    old: Row | None = None
    new: Row | None = None
    bindings: Mapping[str, Row] = field(default_factory=dict)
    held: Mapping[str, Held] = field(default_factory=dict)
    parameter: ParameterReader = named_parameter
    claim: ClaimReader = claim_setting
    role_test: RoleTest = has_role
    own: OwnReader | None = None
    aggregate: AggregateReader = scalar_query
    names: Names = field(default_factory=Names)
    sight: ReadGuard | None = None
    immutable: bool = False
    denying: bool = False
    grouped: Mapping[Expr, exp.Expression] = field(default_factory=dict)

    def at(self, entity: str, alias: str) -> "Scope":
        """Return the scope for a row of `entity` under `alias` (and no old or new one)."""
        return replace(self, row=Row(self.system.entity(entity), alias), old=None, new=None)

    def change(self, entity: str, *, old: str, new: str, row: str | None = None) -> "Scope":
        """Return the scope of an update: aliases of the row before and after; `row` (default: before) is what a bare
        path means."""
        declared = self.system.entity(entity)
        return replace(self, row=Row(declared, row or old), old=Row(declared, old), new=Row(declared, new))

    def bind(self, name: str, row: Row) -> "Scope":
        return replace(self, bindings={**self.bindings, name: row})
