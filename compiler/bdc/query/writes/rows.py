"""New rows as a query: what the caller gave, what the system sets, what follows from the row's relations.

Two levels: *base* columns come from the input, the actor and defaults that need no other column; *derived* columns are
defaults that are paths over the row (`product.price`) and are evaluated over the base, where no caller can reach them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field

from sqlglot import exp

from bdc.ir import (
    Entity,
    Expr,
    InputMember,
    InputShape,
    ReferenceField,
    Root,
    ScalarField,
    SqlText,
    Stamp,
    Type,
)
from bdc.policy.rebase import paths
from bdc.query.names import column, identifier
from bdc.query.numbers import next_number
from bdc.query.scope import Scope
from bdc.query.sealing import sealed_fields
from bdc.query.trees import call, cast, number
from bdc.query.types import sql_type
from bdc.query.writes.context import Context, claim_or_null
from bdc.query.writes.input import is_present, member_value, pieces
from bdc.query.writes.input import member as part
from bdc.query.writes.lookups import Known
from bdc.query.writes.names import ROW, derived, either
from bdc.query.writes.statements import one, query
from bdc.source.records import dataclass, replace

BASE = "i"
POSITION = "its position"
"""The column of a nested row's place in its array, from 1. No column of a table is called so: it holds a space."""


@dataclass(frozen=True)
class NewRows:
    """Rows of `entity` to be written. `source` is the jsonb of one row, `origin` the FROM item that yields it (None: the
    input itself, one row); `path` is where the row stands in the input as a JSON pointer; `given` are columns decided outside; `known` is
    the row that these belong to, written before them. `bare`: the input has one value for each row, and no object. `stored`: the row is
    there already, and brings rows along. `sets`: columns that get another value than the caller, or a default, gave; they look at what
    that was, under `BASE`."""

    context: Context
    entity: Entity
    shape: InputShape
    source: exp.Expression
    path: exp.Expression
    origin: exp.Expression | None = None
    given: Mapping[str, exp.Expression] = field(default_factory=dict)
    known: Known | None = None
    bare: bool = False
    stored: bool = False
    sets: Mapping[str, exp.Expression] = field(default_factory=dict)

    def constants(self) -> dict[str, exp.Expression]:
        """Return the columns that hold the same in every such row, whatever the input."""
        base, _ = self.columns()
        return {
            name: value
            for name, value in base.items()
            if isinstance(value, exp.Literal | exp.Boolean) and name not in self.sets
        }

    def members(self) -> dict[str, InputMember]:
        return {member.field: member for member in self.shape.members}

    def where_in_input(self) -> dict[str, exp.Expression]:
        """Return the column that `path` looks at, if any."""
        return {POSITION: column("e", POSITION)} if self.origin is not None else {}

    def references(self) -> Iterator[ReferenceField]:
        """Yield the references that the caller fills in."""
        members = self.members()
        for found in self.entity.fields:
            if not isinstance(found, ReferenceField) or found.tenant or found.column in self.sets:
                continue
            if gives(found, members):
                yield found

    def columns(
        self, only: Collection[str] | None = None
    ) -> tuple[dict[str, exp.Expression], dict[str, exp.Expression]]:
        """Return the values of the base and of the derived columns (`only`: of these); one that stays null is in neither."""
        base: dict[str, exp.Expression] = {}
        later: dict[str, exp.Expression] = {}
        members = self.members()
        for found in self.entity.fields:
            if not isinstance(found, ScalarField | ReferenceField) or (
                only is not None and found.column not in only
            ):
                continue
            if isinstance(found, ReferenceField) and found.carriers:
                continue
            if isinstance(found, ReferenceField):
                base.update(self._reference(found, members))
            else:
                self._scalar(found, members.get(found.name), base, later)
        return base, later

    def _reference(
        self, found: ReferenceField, members: Mapping[str, InputMember]
    ) -> Iterator[tuple[str, exp.Expression]]:
        if found.column in self.given:
            yield found.column, self.given[found.column].copy()
        elif found.tenant:
            yield found.column, self.context.tenant()
        elif found.name in members:
            value = member_value(self.source.copy(), found.member, self.context.reference_type(found))
            if found.default is not None:
                given = is_present(self.source.copy(), found.member)
                kind = self.context.reference_type(found)
                value = either(given, value, self._default(found.default, kind, found.nullable))
            yield found.column, value
        elif found.default is not None:
            yield found.column, self.context.value(found.default, self._over_base(found.nullable))

    def _scalar(
        self,
        found: ScalarField,
        member: InputMember | None,
        base: dict[str, exp.Expression],
        later: dict[str, exp.Expression],
    ) -> None:
        if found.embedded:
            given = part(self.source.copy(), found.name)
            decided = {
                each.column: self.given[each.column].copy()
                for each in found.embedded
                if each.column in self.given
            }
            base.update(decided or (dict(pieces(found, given)) if member is not None else {}))
        elif found.column in self.given:
            base[found.column] = self.given[found.column].copy()
        elif found.stamp is not None:
            if (stamp := stamp_value(found.stamp)) is not None:
                base[found.column] = stamp
        elif found.numbered:
            if found.name in self.entity.key:
                base[found.column] = next_number(self.entity)
        elif (
            member is not None
            or self._is_sealed_key(found)
            or (found.encrypted and found.default is not None)
        ):
            base[found.column] = self._input(found)
        elif found.default is not None:
            values = later if reads_row(found.default) else base
            values[found.column] = self.context.value(found.default, self._over_base(found.nullable))

    def _is_sealed_key(self, found: ScalarField) -> bool:
        """Whether the service chooses this key: a ciphertext is bound to the row that it stands in."""
        return bool(sealed_fields(self.entity)) and found.name in self.entity.key

    def _input(self, found: ScalarField) -> exp.Expression:
        value = member_value(self.source.copy(), found.name, found.type)
        if (
            found.default is None or found.encrypted
        ):  # the service fills and seals the default of an encrypted field
            return value
        return either(
            is_present(self.source.copy(), found.name),
            value,
            self._default(found.default, found.type, found.nullable),
        )

    def _default(self, default: Expr, kind: Type, nullable: bool) -> exp.Expression:
        """SQL of the specification may have a type that only an assignment turns into the column's."""
        value = self.context.value(default, self._over_base(nullable))
        return cast(value, sql_type(kind)) if isinstance(default, SqlText) else value

    def _over_base(self, nullable: bool = False) -> Scope:
        """Return the scope of a default. What a caller does not have is null in a field that may be null."""
        scope = self.context.scope.at(self.entity.name, BASE)
        return replace(scope, claim=claim_or_null) if nullable else scope

    def candidates(
        self, extra: Mapping[str, exp.Expression], needed: frozenset[str], only: Collection[str] | None = None
    ) -> tuple[exp.Subquery, list[str]]:
        """Return the rows as FROM item `a`, and the columns to insert (`only`: of these). `extra` are more columns of it;
        columns of `needed` that nothing sets are null in it."""
        base, later = self.columns(only)
        sets = self.sets if only is None else {}
        written = [*base, *later, *(name for name in sets if name not in base and name not in later)]
        needed = needed | columns_of(list(sets.values()), BASE)
        table = self.context.system.table(self.entity.table)
        for name in sorted(needed - {*base, *later} - set(extra)):
            base[name] = cast(exp.Null(), sql_type(table.column(name).type))
        values = [one(value, name) for name, value in [*base.items(), *extra.items()]]
        inner = query(values, [self.origin.copy()] if self.origin is not None else [])
        for ready in in_levels(later, {*base, *extra}, BASE):
            carried = exp.Column(this=exp.Star(), table=identifier(BASE))
            more = (one(value, name) for name, value in ready.items())
            inner = query([carried, *more], [derived(inner, BASE)])
        if sets:
            known = dict.fromkeys((*base, *extra, *later, *sets))
            values = [one(sets[name].copy() if name in sets else column(BASE, name), name) for name in known]
            inner = query(values, [derived(inner, BASE)])
        return derived(inner, ROW), written


def in_levels(
    later: Mapping[str, exp.Expression], known: set[str], alias: str
) -> Iterator[dict[str, exp.Expression]]:
    """Yield derived columns so that each comes after those that it is made of. `alias`: of the row that they look at; `known`: what it has."""
    left = dict(later)
    while left:
        waiting = left.keys() - known
        ready = {name: value for name, value in left.items() if not columns_of([value], alias) & waiting}
        ready = ready or dict(left)
        yield ready
        known = known | ready.keys()
        left = {name: value for name, value in left.items() if name not in ready}


def gives(reference: ReferenceField, members: Collection[str]) -> bool:
    """Whether a caller gives a reference, or part of what carries it."""
    return any(name in members for name in reference.carriers or (reference.name,))


def stamp_value(stamp: Stamp) -> exp.Expression | None:
    """Return what the system writes at creation; None for what stays null."""
    match stamp:
        case Stamp.CREATED | Stamp.TOUCHED:
            return call("now")
        case Stamp.VERSION:
            return number(1)
    return None


def reads_row(expr: Expr) -> bool:
    """Whether an expression looks at the row that it is a default of."""
    return any(found.root in (Root.ROW, Root.NEW) for found in paths(expr))


def columns_of(trees: list[exp.Expression], alias: str) -> frozenset[str]:
    """Return the columns of `alias` that the trees look at."""
    return frozenset(
        found.name for tree in trees for found in tree.find_all(exp.Column) if found.table == alias
    )
