"""Lists asked about rows that relations lead to: what ties these rows to the row of the list, and shows them to the caller.

A value tells that there is such a row, so each of these rows has to be readable: by its policy, by the rules of the fields that are
looked at, and not deleted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from bdc.ir import CollectionField, Entity, EntityField, ReferenceField, SystemIR
from bdc.query.names import table_of
from bdc.query.policy import Policies
from bdc.query.read_guard import ReadGuard
from bdc.query.relations import not_deleted, points_at
from bdc.query.scope import Names, Row, Scope
from bdc.query.trees import conjunction, is_constant, print_sql
from bdc.source.records import dataclass


@dataclass(frozen=True)
class RelatedRow:
    """The rows from a list's row to `row`: FROM items, and the condition over them."""

    row: Row
    sources: tuple[exp.Expression, ...]
    condition: exp.Expression

    @property
    def never(self) -> bool:
        """Whether no caller reads a row there: its table must not be mentioned then."""
        return is_constant(self.condition, False)

    def exists(self, test: str, parameter: str) -> str:
        """Return the condition that `test`, over the last row, holds for some of these rows. `parameter` is mentioned in any case."""
        if self.never:
            return f"(false and {parameter} is not null)"
        return f"exists (select 1 {self._from} and {test})"

    def value(self, value: str, sql_type: str) -> str:
        """Return `value` of the last row, null where there is none. Where relations lead to one row at most."""
        return f"(null::{sql_type})" if self.never else f"(select {value} {self._from})"

    @property
    def _from(self) -> str:
        sources = ", ".join(print_sql(source) for source in self.sources)
        return f"from {sources} where {print_sql(self.condition)}"


class RelatedRows:
    """Finds rows along relations, for callers whose policy is `inline` in the statement."""

    def __init__(self, system: SystemIR, policies: Policies, *, inline: bool) -> None:
        self._system = system
        self._policies = policies
        self._sight = ReadGuard(policies) if inline else None

    def along(self, scope: Scope, via: Sequence[str], field: str) -> RelatedRow:
        """Return the rows that `via` leads to from the scope's row, whose `field` is looked at."""
        assert scope.row is not None
        here, names = scope.row, Names("h")
        sources: list[exp.Expression] = []
        conditions: list[exp.Expression] = []
        for name in via:
            relation = here.entity.field(name)
            conditions += self._shown(scope, here, relation)
            for row, hop in self._hop(scope, here, relation, names):
                sources.append(table_of(row.entity, row.alias))
                conditions += hop
                here = row
        conditions += self._shown(scope, here, here.entity.field(field))
        return RelatedRow(here, tuple(sources), conjunction(conditions))

    def _hop(
        self, scope: Scope, here: Row, field: EntityField, names: Names
    ) -> Iterator[tuple[Row, list[exp.Expression]]]:
        """Yield the rows that one relation leads to, those of a join table before them."""
        if isinstance(field, ReferenceField):
            row = self._row(field.target, names)
            yield (
                row,
                [points_at(here, field, row), *not_deleted(row), *self._readable(scope, here, field, row)],
            )
        elif isinstance(field, CollectionField) and field.through is None:
            row = self._row(field.target, names)
            back = _reference(row.entity, field.inverse)
            yield (
                row,
                [points_at(row, back, here), *not_deleted(row), *self._readable(scope, here, field, row)],
            )
        elif isinstance(field, CollectionField):
            link = self._row(field.through or "", names)
            near, far = (_reference(link.entity, name) for name in (field.inverse, field.far or ""))
            yield link, [points_at(link, near, here), *not_deleted(link), *self._own(scope, link)]
            row = self._row(field.target, names)
            yield (
                row,
                [points_at(link, far, row), *not_deleted(row), *self._readable(scope, here, field, row)],
            )
        else:
            raise TypeError(f"{field.name} is not a relation")

    def _row(self, entity: str, names: Names) -> Row:
        return Row(self._system.entity(entity), names.fresh())

    def _readable(
        self, scope: Scope, here: Row, field: ReferenceField | CollectionField, row: Row
    ) -> Iterator[exp.Expression]:
        if self._sight is not None:
            yield from self._sight(scope, here, field, row)

    def _own(self, scope: Scope, row: Row) -> Iterator[exp.Expression]:
        if self._sight is not None:
            inner = replace(scope, row=row, old=None, new=None)
            yield self._policies.allowed(inner, row.entity.name, "read")

    def _shown(self, scope: Scope, row: Row, field: EntityField) -> Iterator[exp.Expression]:
        """Yield the rule of a field that not every reader of the row sees; the composer has those of the list's own row."""
        if self._sight is None or row == scope.row:
            return
        inner = replace(scope, row=row, old=None, new=None)
        rule = self._policies.read_condition(inner, row.entity.name, field.name)
        if rule is not None:
            yield rule


def _reference(entity: Entity, name: str) -> ReferenceField:
    found = entity.field(name)
    assert isinstance(found, ReferenceField)
    return found
