"""Policies of row level security: the second wall, which holds whatever statement arrives.

Per table: a RESTRICTIVE tenant floor for every role but the owner; one permissive policy per command for `runtime`
that says what the entity's rules say; everything (above the floor) for `service`; everything for `owner`, whom FORCE
subjects to policies too, because the functions that policies call run as him.

An update can be a plain one, a custom operation or a soft deletion: `app.operation` tells which, and each is held to its
own rules. Conditions on the row before stand in USING, those on the row after in WITH CHECK. What compares old with new is
in neither: triggers and the statement itself hold it.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from bdc.ir import Entity, Root, SystemIR, Table
from bdc.ir.compiled import RowPolicy
from bdc.policy import REFER, Condition, PolicyClause
from bdc.query.claims import body_is, claim_setting, operation_is, roles_overlap
from bdc.query.policy import Policies
from bdc.query.relation_terms import row_paths
from bdc.query.scope import Names, Row, Scope
from bdc.query.trees import (
    boolean,
    conjunction,
    disjunction,
    equal,
    is_constant,
    is_false,
    negation,
    print_sql,
    scalar_query,
)
from bdc.query.writers import job_writers, writers
from bdc.source.records import replace

ROW_ACTIONS = ("read", "create", "update", "delete")


def row_policies(system: SystemIR, policies: Policies) -> tuple[RowPolicy, ...]:
    """Return every policy of every guarded table, in the order of the tables."""
    guarded = (table for table in system.tables if not system.entity(table.entity).unguarded)
    return tuple(policy for table in guarded for policy in _of_table(system, policies, table))


def _of_table(system: SystemIR, policies: Policies, table: Table) -> Iterator[RowPolicy]:
    floor = _floor(system, table)
    if floor is not None:
        yield RowPolicy(table.name, f"{table.name}_tenant", "all", True, ("runtime", "service"), floor, floor)
    yield RowPolicy(table.name, f"{table.name}_owner", "all", False, ("owner",), "true", "true")
    yield RowPolicy(
        table.name, f"{table.name}_service", "all", False, ("service",), floor or "true", floor or "true"
    )
    yield from _Commands(system, policies, table).all()


def commands(system: SystemIR, entity: Entity) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands of SQL with the actions that are each of them: custom operations, and a deletion that keeps the row, are
    updates."""
    yield "select", ["read"]
    yield "insert", ["create"]
    yield "update", [*changes(system, entity), *(["delete"] if entity.soft_delete else [])]
    if entity.soft_delete is None:
        yield "delete", ["delete"]


def changes(system: SystemIR, entity: Entity) -> list[str]:
    """Return the actions that change a row: the plain update, and the custom operations that rules name."""
    policy = system.policy(entity.name)
    named = [action for rule in policy.rules for action in rule.actions] if policy else []
    others = (*ROW_ACTIONS, REFER) if system.refers(entity.name) else ROW_ACTIONS
    return ["update", *dict.fromkeys(action for action in named if action not in others)]


def _floor(system: SystemIR, table: Table) -> str | None:
    identity = system.identity
    if table.tenant_column is None or identity is None or identity.tenant_claim is None:
        return None
    column = Row(system.entity(table.entity), table.name).column(table.tenant_column)
    return print_sql(equal(column, claim_setting(system, identity.tenant_claim)))


class _Commands:
    """The permissive policies of one table."""

    def __init__(self, system: SystemIR, policies: Policies, table: Table) -> None:
        self._system = system
        self._policies = policies
        self._table = table
        self._entity: Entity = system.entity(table.entity)

    def all(self) -> Iterator[RowPolicy]:
        if self._system.policy(self._entity.name) is None:
            return
        for command, actions in commands(self._system, self._entity):
            yield from self._command(
                command, actions, using=command != "insert", check=command in ("insert", "update")
            )

    def _command(
        self, command: str, actions: list[str], *, using: bool = False, check: bool = False
    ) -> Iterator[RowPolicy]:
        stated = self._stated(command)
        before = disjunction([self._predicate(actions, after=False), *stated]) if using else boolean(False)
        after = disjunction([self._predicate(actions, after=True), *stated]) if check else boolean(False)
        if is_constant(before if using else after, False):
            return
        yield RowPolicy(
            self._table.name,
            f"{self._table.name}_{command}",
            command,
            False,
            ("runtime",),
            print_sql(before) if using else None,
            print_sql(after) if check else None,
            tuple(dict.fromkeys(self._rule_ids(actions))),
        )

    def _stated(self, command: str) -> list[exp.Expression]:
        """Return the conditions under which statements of operations run this command: one of them is under way, and the caller has a
        role that may call it. Which rows it may touch, the statement says itself."""
        callers: dict[tuple[str, ...] | None, list[str]] = {}
        for each in writers(self._system, self._policies.clauses, self._entity.name, command):
            for roles in each.roles:
                callers.setdefault(roles, []).append(each.bound)
        jobs = job_writers(self._system, self._entity.name, command)
        if jobs:
            callers.setdefault(None, []).extend(jobs)
        return [
            _once(conjunction([body_is(*names), *([] if roles is None else [roles_overlap(roles)])]))
            for roles, names in callers.items()
        ]

    def _rule_ids(self, actions: Iterable[str]) -> Iterator[str]:
        clauses = self._policies.clauses
        for action in actions:
            for clause in (
                *clauses.allow(self._entity.name, action),
                *clauses.deny(self._entity.name, action),
            ):
                if clause.rule is not None:
                    yield clause.rule.id

    def _predicate(self, actions: list[str], *, after: bool) -> exp.Expression:
        """One of the actions is under way and allowed."""
        fixed: list[exp.Expression] = []
        varying: list[exp.Expression] = []
        for action in actions:
            under_way = self._under_way(action, actions)
            denied = conjunction(self._denials(action, after))
            for clause in self._policies.clauses.allow(self._entity.name, action):
                caller = conjunction(
                    [*under_way, *([] if clause.roles is None else [roles_overlap(clause.roles)])]
                )
                rest = conjunction([denied, self._condition(clause, action, after)])
                if is_constant(rest, True):
                    fixed.append(caller)
                else:
                    varying.append(conjunction([_once(caller), rest]))
        return conjunction([self._own_scope(), disjunction([_once(disjunction(fixed)), *varying])])

    def _own_scope(self) -> exp.Expression:
        """The scope, unless the tenant floor says it."""
        name = self._entity.name
        if self._policies.tenant_scoped(name):
            return boolean(True)
        return self._policies.scope_of(self._scope(), name)

    def _under_way(self, action: str, actions: list[str]) -> list[exp.Expression]:
        """In whose name an UPDATE runs: an operation of this entity, or else it is a plain update."""
        if len(actions) == 1:
            return []
        others = [f"{self._entity.name}.{other}" for other in actions if other != "update"]
        if action == "update":
            return [negation(operation_is(*others))]
        return [operation_is(f"{self._entity.name}.{action}")]

    def _denials(self, action: str, after: bool) -> Iterator[exp.Expression]:
        for clause in self._policies.clauses.deny(self._entity.name, action):
            kept = self._kept(clause, action, after)
            if self._mixed(clause) or kept != clause:
                continue
            caller = [] if clause.roles is None else [_once(roles_overlap(clause.roles))]
            yield is_false(
                conjunction(
                    [*caller, self._policies.condition(clause, replace(self._scope(), denying=True), action)]
                )
            )

    def _mixed(self, clause: PolicyClause) -> bool:
        return any({Root.OLD, Root.NEW} <= _roots(condition) for condition in clause.conditions)

    def _condition(self, clause: PolicyClause, action: str, after: bool) -> exp.Expression:
        return self._policies.condition(self._kept(clause, action, after), self._scope(), action)

    def _kept(self, clause: PolicyClause, action: str, after: bool) -> PolicyClause:
        """The conditions that this side of the change can decide."""
        dropped = {Root.OLD} if after else {Root.NEW}
        if after and action not in ("create", "update"):
            dropped.add(Root.ROW)
        kept = tuple(condition for condition in clause.conditions if not _roots(condition) & dropped)
        via = None if Root.ROW in dropped else clause.via
        return replace(clause, conditions=kept, via=via)

    def _scope(self) -> Scope:
        row = Row(self._entity, self._table.name)
        return Scope(self._system, row=row, old=row, new=row, names=Names("r"))


def _roots(condition: Condition) -> set[Root]:
    return {path.root for path in row_paths(condition.expr)}


def _once(tree: exp.Expression) -> exp.Expression:
    """Evaluate what no row changes once per statement."""
    return tree if isinstance(tree, exp.Boolean) else scalar_query(tree)
