"""Changing one row: a single statement whose WHERE is key, visibility, policy, version and state.

Under READ COMMITTED the conditions are checked again on the newest version of a row that was waited for, so that one
statement is as safe as a lock and a second statement, and half the work. When it meets no row, `explain` looks again and
refuses in this order: 404, 403, 412, then what the operation adds (states, references).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from bdc.ir import Entity, Stamp
from bdc.ir.compiled import FunctionParameter, ParameterRole
from bdc.query.names import column, table_of
from bdc.query.relations import key_columns, tenant_column
from bdc.query.scope import Row, Scope
from bdc.query.trees import binary, call, disjunction, equal, negation, number
from bdc.query.writes import refusals
from bdc.query.writes.answer import stamped, version_column
from bdc.query.writes.context import Context
from bdc.query.writes.names import FOUND, IF_MATCH, ROW, is_null, variable
from bdc.query.writes.plpgsql import Declared, Guarded, Refuse, Run, Statement, When
from bdc.query.writes.signature import key_condition
from bdc.query.writes.statements import locking, nothing, query, update
from bdc.source.records import dataclass

VERSION = "v_version"
_AFTER = "n"
LOCKED = "v_locked"
VARIABLES = (Declared(VERSION, "bigint"), Declared(LOCKED, "integer"), *refusals.VARIABLES)


@dataclass(frozen=True)
class Change:
    """A change of one row of `entity` by `action`. `after`: new values by column, where policy may compare before and
    after (an update). `conditions`: whatever else must hold; `reasons` refuse what breaks one of them."""

    context: Context
    entity: Entity
    action: str
    after: Mapping[str, exp.Expression] | None = None
    conditions: Sequence[exp.Expression] = ()
    reasons: tuple[Statement, ...] = (Refuse(409, "conflict"),)

    @property
    def row(self) -> Row:
        return Row(self.entity, ROW)

    def target(self) -> exp.Table:
        return table_of(self.entity, ROW)

    def key(self) -> list[exp.Expression]:
        return key_condition(self.context.keys(self.entity), key_columns(self.entity), ROW)

    def located(self) -> list[exp.Expression]:
        """Return the whole key, tenant first, for statements that nothing else holds to the caller's tenant."""
        tenant = tenant_column(self.context.system, self.entity) if self.entity.tenant else None
        return [*([equal(column(ROW, tenant), self.context.tenant())] if tenant else []), *self.key()]

    def parameters(self) -> tuple[FunctionParameter, ...]:
        """Return the parameters that find the row: its key, or what names it in paths."""
        return self.context.address(self.entity)

    def if_match(self) -> tuple[FunctionParameter, ...]:
        """Return the parameter that carries the version the caller has seen, where there are versions."""
        versioned = version_column(self.entity) is not None
        return (FunctionParameter("if_match", "bigint", ParameterRole.IF_MATCH),) if versioned else ()

    def where(self) -> list[exp.Expression]:
        """Return the whole condition of the statement."""
        return [
            *self.key(),
            *self.context.found(self.row),
            *self.allowed(),
            *self._version_matches(),
            *_copies(self.conditions),
        ]

    def apply(self, statement: exp.Expression) -> tuple[Statement, ...]:
        """Run the statement; refuse when it met no row."""
        change = Run(statement)
        refused: tuple[Statement, ...] = (change,)
        if not self.context.inline:
            refused = (Guarded((change,), self.forbid()),)
        return (*refused, When(negation(variable(FOUND)), self.explain()))

    def set(self, values: dict[str, exp.Expression]) -> exp.Expression:
        """Return the UPDATE that writes `values` and what every change touches."""
        return update(self.target(), {**values, **touched(self.entity)}, self.where())

    def lock(self) -> Statement:
        """Lock the row for what follows; refuse nothing yet."""
        return Run(self.locked(query([nothing()], [self.target()], self.where())), (LOCKED,))

    def locked(self, found: exp.Select) -> exp.Select:
        """Return the query with a lock on its row. A lock asks for the right to update something: a row that never changes has
        no column to grant it for, and needs none."""
        return locking(found, ROW) if self._changes() else found

    def _changes(self) -> bool:
        table = self.context.system.table(self.entity.table)
        fixed = {*(table.primary_key.columns if table.primary_key else ()), table.tenant_column}
        fixed |= {stamped(self.entity, Stamp.CREATED)}
        return any(
            column.generated is None and not column.immutable and column.name not in fixed
            for column in table.columns
        )

    def explain(self) -> tuple[Statement, ...]:
        """Refuse, saying why the statement met no row."""
        visible = query([nothing()], [self.target()], [*self.key(), *self.context.found(self.row)])
        version = self._version() if self.if_match() else nothing()
        lock = self.locked(query([version], [self.target()], [*self.key(), *self.allowed()]))
        return (
            When(negation(exp.Exists(this=visible)), (refusals.NOT_FOUND,)),
            Run(lock, (VERSION,)),
            When(negation(variable(FOUND)), self.forbid()),
            *self.require_version(),
            *self.reasons,
        )

    def forbid(self) -> tuple[Statement, ...]:
        """Refuse with 403 and the rule that was missed."""
        found = self.context.rules(self._scope(), self.entity.name, self.action)
        rules = tuple(replace(rule, tree=self._settled(rule.tree)) for rule in found)
        return refusals.forbidden(rules, [self.target()], self.located())

    def allowed(self) -> list[exp.Expression]:
        """Return the conditions of policy over `a`. Row level security applies only to statements that lock the row, or write it."""
        found = self.context.allowed(self._scope(), self.entity.name, self.action)
        if not found and not self._changes():
            found = [self.context.policies.allowed(self._scope(), self.entity.name, self.action)]
        return [self._settled(tree) for tree in found]

    def _scope(self) -> Scope:
        if self.after is None:
            return self.context.scope.at(self.entity.name, ROW)
        return self.context.scope.change(self.entity.name, old=ROW, new=_AFTER)

    def _settled(self, tree: exp.Expression) -> exp.Expression:
        """Put the new values in the place of the columns of the row after."""
        if self.after is None:
            return tree
        for found in [each for each in tree.find_all(exp.Column) if each.table == _AFTER]:
            value = self.after.get(found.name)
            found.replace(column(ROW, found.name) if value is None else exp.Paren(this=value.copy()))
        return tree

    def require_version(self) -> tuple[Statement, ...]:
        """Refuse when the row's version, in its variable, is not the one that the caller has seen."""
        if not self.if_match():
            return ()
        differs = exp.NEQ(this=variable(VERSION), expression=variable(IF_MATCH))
        return (When(differs, (Refuse(412, "precondition-failed"),)),)

    def _version(self) -> exp.Expression:
        return column(ROW, version_column(self.entity) or "")

    def _version_matches(self) -> Iterable[exp.Expression]:
        if self.if_match():
            yield disjunction([is_null(variable(IF_MATCH)), equal(self._version(), variable(IF_MATCH))])


def touched(entity: Entity) -> dict[str, exp.Expression]:
    """Return what every change of a row sets: the next version, the time."""
    found: dict[str, exp.Expression] = {}
    if (version := stamped(entity, Stamp.VERSION)) is not None:
        found[version] = binary(exp.Add, column(ROW, version), number(1))
    if (at := stamped(entity, Stamp.TOUCHED)) is not None:
        found[at] = call("now")
    return found


def _copies(trees: Iterable[exp.Expression]) -> list[exp.Expression]:
    return [tree.copy() for tree in trees]
