"""New rows into one table: one INSERT … SELECT with references, policy and field grants in its WHERE.

When fewer rows arrive than were asked for, a second look says why; on the happy path it is never taken.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from bdc.ir import FieldRule
from bdc.query.names import column, table_of
from bdc.query.scope import Row
from bdc.query.trees import disjunction, is_true, negation, number
from bdc.query.writes import references, refusals
from bdc.query.writes.input import is_present
from bdc.query.writes.lookups import join_references, settle
from bdc.query.writes.names import ROW
from bdc.query.writes.plpgsql import Guarded, Run, Statement
from bdc.query.writes.rows import POSITION, NewRows, columns_of
from bdc.query.writes.statements import insert, insert_or_skip, query
from bdc.source.records import dataclass


@dataclass(frozen=True)
class Insertion:
    """The writing of `rows`. `skips`: those that are there already are left out."""

    rows: NewRows
    skips: bool = False

    @property
    def _row(self) -> Row:
        return Row(self.rows.entity, ROW)

    def write(self) -> tuple[Statement, ...]:
        """Insert the rows that are allowed. Afterwards the count of rows tells whether all were."""
        conditions = self._conditions()
        rows, written = self.rows.candidates(self._presence(), columns_of(conditions, ROW))
        if not self.rows.sets:  # a condition is about what is set, and not about what it is made of
            conditions = join_references(rows, conditions)
        source = query([column(ROW, name) for name in written], [rows], conditions)
        numbered = self.rows.entity.numbered_key is not None
        into = insert_or_skip if self.skips else insert
        change = Run(into(table_of(self.rows.entity), written, source, overriding=numbered))
        if self.rows.context.inline:
            return (change,)
        return (Guarded((change,), self.explain()),)

    def explain(self) -> tuple[Statement, ...]:
        """Refuse: 422 when a reference leads nowhere, else 403."""
        return (*self._missing(), *self._forbidden())

    def breaks(
        self, holds: exp.Expression, also: Iterable[exp.Expression] = ()
    ) -> tuple[exp.Subquery, list[exp.Expression]]:
        """Return the rows that could be written and of which `holds` is not true, as FROM item and conditions. `also`: what else is asked of them."""
        conditions = self._conditions()
        needed = columns_of([*conditions, holds, *also], ROW)
        rows, _ = self.rows.candidates(self._presence(), needed)
        return rows, [*conditions, negation(is_true(holds))]

    def _conditions(self) -> list[exp.Expression]:
        found = [references.may_refer(self.rows.context, self._row, each) for each in self.rows.references()]
        found += [disjunction([negation(given), grant]) for _, given, grant in self._grants()]
        scope = self.rows.context.scope.at(self.rows.entity.name, ROW)
        found += self.rows.context.allowed(scope, self.rows.entity.name, "create")
        known = self.rows.known
        return [settle(condition, known, ROW) for condition in found] if known is not None else found

    def _missing(self) -> tuple[Statement, ...]:
        """Collect the references that lead nowhere, and refuse if there are any."""
        problems = [self._missing_one(index) for index, _ in enumerate(self.rows.references())]
        return (references.collect(problems), references.refuse_errors()) if problems else ()

    def _missing_one(self, index: int) -> exp.Select:
        reference = list(self.rows.references())[index]
        where = self.rows.where_in_input()
        rows, _ = self.rows.candidates(where, frozenset(), only=reference.columns)
        lost = negation(references.may_refer(self.rows.context, self._row, reference))
        place = column(ROW, POSITION) if where else number(0)
        problem = references.found_problem(self.rows.path.copy(), place, reference, bare=self.rows.bare)
        return query(problem, [rows], [lost])

    def _forbidden(self) -> tuple[Statement, ...]:
        context, entity = self.rows.context, self.rows.entity
        scope = context.scope.at(entity.name, ROW)
        rules = context.rules(scope, entity.name, "create")
        before = [
            (
                exp.And(this=given, expression=negation(grant)),
                refusals.members_of(f"{entity.stored}.{rule.field}.write", None),
            )
            for rule, given, grant in self._grants()
        ]
        if not refusals.depends_on_row(rules, before):
            return refusals.forbidden(rules)
        conditions = self._conditions()
        rows, _ = self.rows.candidates(self._presence(), columns_of(conditions, ROW))
        refused = [negation(is_true(condition)) for condition in conditions]
        return refusals.forbidden(rules, [rows], [disjunction(refused)], before)

    def _presence(self) -> dict[str, exp.Expression]:
        """More columns: whether the caller gave a member that some callers may not write."""
        return {_given(rule): is_present(self.rows.source.copy(), rule.field) for rule in self._rules()}

    def _rules(self) -> tuple[FieldRule, ...]:
        return self.rows.context.write_rules(self.rows.entity, self.rows.members())

    def _grants(self) -> Iterator[tuple[FieldRule, exp.Expression, exp.Expression]]:
        context, entity = self.rows.context, self.rows.entity
        for rule in self._rules():
            grant = context.policies.write_allowed(
                context.scope.at(entity.name, ROW), entity.name, rule.field
            )
            if grant is not None:
                yield rule, column(ROW, _given(rule)), grant


def _given(rule: FieldRule) -> str:
    """A name that no column has: it holds a space."""
    return f"given {rule.field}"
