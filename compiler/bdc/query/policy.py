"""Permissions, as predicate trees.

What is allowed is `scope` and one of the clauses that allow and none that deny; unknown means no. Terms about claim roles
are row-independent and come first. Soft deletion is not policy: statements add it (`relations.not_deleted`).

In an update, `old.` and `new.` mean what they say. A bare path means the row before the operation; in a plain update it
must hold after it too, so that no caller moves a row to where it could not have changed it.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from bdc.ir import ReferenceField, Root, ScalarField, SystemIR
from bdc.ir.compiled import HelperFunction
from bdc.policy import Clauses, Condition, PolicyClause, Via
from bdc.query.embedding import own_value
from bdc.query.expressions import lower
from bdc.query.names import table_of
from bdc.query.relation_terms import RelationTerms, row_paths
from bdc.query.relations import not_deleted, points_at, tenant_column
from bdc.query.scope import Row, Scope
from bdc.query.trees import (
    boolean,
    conjunction,
    disjunction,
    exists,
    is_constant,
    is_false,
    is_true,
    negation,
)
from bdc.source.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class RulePredicate:
    """One clause of one rule. `roles`: claim roles it asks for (None: any caller); `tree`: the whole condition, role test
    included, never null."""

    rule_id: str
    effect: str
    because: str | None
    roles: tuple[str, ...] | None
    tree: exp.Expression


class Policies:
    """The policies of one system, lowered on demand. `functions` holds the helpers needed by what was lowered so far."""

    def __init__(self, system: SystemIR, terms: RelationTerms | None = None) -> None:
        self.system = system
        self.clauses = Clauses(system)
        self.terms = terms or RelationTerms(system)
        self._tenant_scoped: dict[str, bool] = {}

    @property
    def functions(self) -> tuple[HelperFunction, ...]:
        return self.terms.functions

    def allowed(self, scope: Scope, entity: str, action: str) -> exp.Expression:
        """Return the whole predicate: for WHERE (unknown counts as no); `trees.is_true` makes it safe elsewhere."""
        return conjunction(
            [
                self.scope_of(scope, entity),
                disjunction(
                    self.opened(clause, scope, action)
                    for clause in _cheap_first(self.clauses.allow(entity, action))
                ),
                *(
                    is_false(self.closed(clause, scope, action))
                    for clause in self.clauses.deny(entity, action)
                ),
            ]
        )

    def scope_of(self, scope: Scope, entity: str) -> exp.Expression:
        """Return the entity's scope over the row, and over the new one when there is one."""
        policy = self.system.policy(entity)
        if policy is None:
            return boolean(False)
        if policy.scope is None:
            return boolean(True)
        label = f"{entity}_scope".lower()
        terms = [self.terms.lower(policy.scope, scope, label)]
        if scope.new is not None and scope.new != scope.row:
            terms.append(self.terms.lower(policy.scope, replace(scope, row=scope.new), label))
        return conjunction(terms)

    def rules(self, scope: Scope, entity: str, action: str) -> tuple[RulePredicate, ...]:
        """Return each clause on its own, denials first: what a refusal is explained from."""
        clauses = (*self.clauses.deny(entity, action), *self.clauses.allow(entity, action))
        return tuple(
            RulePredicate(
                clause.rule.id,
                clause.rule.effect,
                clause.rule.because,
                clause.roles,
                is_true(
                    (self.closed if clause.rule.effect == "deny" else self.opened)(clause, scope, action)
                ),
            )
            for clause in clauses
            if clause.rule is not None
        )

    def opened(self, clause: PolicyClause, scope: Scope, action: str) -> exp.Expression:
        """Return the predicate of one clause: role test first, then its conditions."""
        role = [] if clause.roles is None else [scope.role_test(clause.roles)]
        return conjunction([*role, self.condition(clause, scope, action)])

    def closed(self, clause: PolicyClause, scope: Scope, action: str) -> exp.Expression:
        """Return the predicate of one clause that denies: it is closed for the row as it is, and for the row as it would be."""
        scope = replace(scope, denying=True)
        if action != "update" or scope.new is None or scope.new == scope.row:
            return self.opened(clause, scope, action)
        before, after = (self.opened(clause, replace(scope, row=row), "") for row in (scope.row, scope.new))
        return before if before == after else disjunction([before, after])

    def condition(self, clause: PolicyClause, scope: Scope, action: str) -> exp.Expression:
        """Return the predicate of one clause without its role test."""
        terms = [self._lower(condition, scope, action) for condition in clause.conditions]
        if clause.via is not None:
            terms.extend(self._vias(clause.via, clause.roles, scope, action))
        return conjunction(terms)

    def read_condition(self, scope: Scope, entity: str, field: str) -> exp.Expression | None:
        """Return the condition to see a field of a readable row (never null); None when every reader does."""
        rule = self.clauses.field_rule(entity, field)
        if rule is None or rule.read is None:
            return None
        clauses = self.clauses.of_grant(entity, rule.read, f"{entity}_{field}_read".lower())
        return is_true(disjunction(self.opened(clause, scope, "read") for clause in clauses))

    def read_mask(self, scope: Scope, entity: str, field: str) -> exp.Expression:
        """Return the field's column, masked where the caller may not see it."""
        assert scope.row is not None
        found = scope.row.entity.field(field)
        assert isinstance(found, ScalarField)
        value = own_value(scope.row, found)
        condition = self.read_condition(scope, entity, field)
        if condition is None:
            return value
        rule = self.clauses.field_rule(entity, field)
        mask = lower(rule.mask, scope) if rule and rule.mask is not None else exp.Null()
        return exp.Case(ifs=[exp.If(this=condition, true=value)], default=mask)

    def write_allowed(self, scope: Scope, entity: str, field: str) -> exp.Expression | None:
        """Return the condition to write a field of a writable row (never null); None when every writer may."""
        rule = self.clauses.field_rule(entity, field)
        if rule is None or rule.write is None:
            return None
        clauses = self.clauses.of_grant(entity, rule.write, f"{entity}_{field}_write".lower())
        return is_true(disjunction(self.opened(clause, scope, "update") for clause in clauses))

    def _lower(self, condition: Condition, scope: Scope, action: str) -> exp.Expression:
        before = self.terms.lower(condition.expr, scope, condition.label)
        if action != "update" or scope.new is None or scope.new == scope.row:
            return before
        if not any(path.root is Root.ROW for path in row_paths(condition.expr)):
            return before
        after = replace(scope, row=scope.new)
        return conjunction([before, self.terms.lower(condition.expr, after, condition.label)])

    def _vias(
        self, via: Via, roles: tuple[str, ...] | None, scope: Scope, action: str
    ) -> Iterator[exp.Expression]:
        """The row that is referred to before the operation, and after an update the row that is referred to then."""
        yield self._via(via, roles, scope)
        row, new = scope.row, scope.new
        if action != "update" or row is None or new is None or new == row:
            return
        reference = row.entity.field(via.field)
        if isinstance(reference, ReferenceField) and not reference.immutable:
            before, after = (each.column(reference.column) for each in (row, new))
            kept = exp.NullSafeEQ(this=after, expression=before)
            yield disjunction([kept, self._via(via, roles, replace(scope, row=new))])

    def _via(self, via: Via, roles: tuple[str, ...] | None, scope: Scope) -> exp.Expression:
        """The row referred to exists, is not deleted, and is open by this clause to a caller with one of `roles` that sees it:
        no caller changes a row that it may not read. What the composite key implies is left out."""
        if scope.row is None:
            raise KeyError("no row in reach")
        reference = scope.row.entity.field(via.field)
        assert isinstance(reference, ReferenceField)
        target = Row(self.system.entity(via.target), scope.names.fresh())
        inner = replace(scope, row=target, old=target, new=target)
        denied = [
            is_false(self.opened(clause, replace(inner, denying=True), via.action))
            for clause in self.clauses.deny(via.target, via.action)
        ]
        terms = [
            *([] if self._follows(scope.row, reference) else [self.scope_of(inner, via.target)]),
            *not_deleted(target),
            self.condition(via.clause, inner, via.action),
            *denied,
            *([] if self._surely_read(via, roles) else [self.allowed(inner, via.target, "read")]),
        ]
        wanted = conjunction(terms)
        if is_constant(wanted, True):
            column = exp.Is(this=scope.row.column(reference.column), expression=exp.Null())
            return negation(column) if reference.nullable else wanted
        joined = conjunction([points_at(scope.row, reference, target), *terms])
        return exists([table_of(target.entity, target.alias)], joined)

    def _surely_read(self, via: Via, roles: tuple[str, ...] | None) -> bool:
        """Whether every caller with these roles may read every row that is referred to."""
        if via.action == "read":
            return True
        if self.clauses.deny(via.target, "read"):
            return False
        return any(
            clause.unconditional
            and (clause.roles is None or (roles is not None and set(roles) <= set(clause.roles)))
            for clause in self.clauses.allow(via.target, "read")
        )

    def _follows(self, row: Row, reference: ReferenceField) -> bool:
        pairs = zip(reference.columns, reference.target_columns, strict=True)
        return self.scope_follows(row.entity.name, reference.target, tuple(pairs))

    def tenant_scoped(self, entity: str) -> bool:
        """Whether the scope is the caller's tenant and nothing else: row level security adds it where none is written."""
        if entity not in self._tenant_scoped:
            self._tenant_scoped[entity] = self._is_tenant_scoped(entity)
        return self._tenant_scoped[entity]

    def _is_tenant_scoped(self, entity: str) -> bool:
        declared = self.system.entity(entity)
        column, identity = tenant_column(self.system, declared), self.system.identity
        policy = self.system.policy(entity)
        if column is None or identity is None or identity.tenant_claim is None or policy is None:
            return False
        if policy.scope is None:
            return True
        row = Row(declared, "a")
        scope = Scope(self.system, row=row, claim=lambda _, name: exp.var(f"claim {name}"))
        ours, theirs = row.column(column), exp.var(f"claim {identity.tenant_claim}")
        found = lower(policy.scope, scope)
        return found in (exp.EQ(this=ours, expression=theirs), exp.EQ(this=theirs, expression=ours))

    def scope_follows(self, source: str, target: str, pairs: Iterable[tuple[str, str]]) -> bool:
        """Whether a row of `source` inside its scope proves that the `target` row it is joined to (by `pairs` of columns) is
        inside its own: there is none, or both are the tenant's and the join carries it."""
        policy = self.system.policy(target)
        ours = tenant_column(self.system, self.system.entity(source))
        theirs = tenant_column(self.system, self.system.entity(target))
        if policy is not None and policy.scope is None and theirs is None:
            return True
        if ours is None or theirs is None:
            return False
        return (ours, theirs) in pairs and self.tenant_scoped(source) and self.tenant_scoped(target)


def _cheap_first(clauses: Iterable[PolicyClause]) -> list[PolicyClause]:
    """Clauses that look at no row first: PostgreSQL evaluates an OR in the order in which it is written."""
    return sorted(clauses, key=lambda clause: not clause.unconditional)
