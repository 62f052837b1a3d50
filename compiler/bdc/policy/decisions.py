"""What clauses decide for a caller with exactly one role: nothing, always, or a condition over the row.

The conditions are trees of the IR, so that documents print them and `bdc diff` compares them. A role by relation stands for any
caller with the role on the row; their claim roles are unknown, so what else they may read is not asked.
"""

from collections.abc import Iterable, Iterator

from bdc.ir import (
    And,
    Compare,
    EntityType,
    Expr,
    IsNull,
    Not,
    Operation,
    Or,
    Path,
    PathStep,
    ReferenceField,
    Root,
    Scalar,
    ScalarType,
    SystemIR,
)
from bdc.policy.callers import ANONYMOUS
from bdc.policy.clauses import Clauses, PolicyClause, Via, conjuncts
from bdc.policy.rebase import needs_actor, rebase
from bdc.source.records import dataclass

_BOOL = ScalarType(scalar=Scalar.BOOL)


@dataclass(frozen=True, slots=True)
class Reached:
    """A clause that speaks of a role. `rules`: ids from the entity's own rule to the deciding one; `terms`: what must hold for
    the row, all of it."""

    rules: tuple[str, ...]
    terms: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a role may do: the clauses that allow and those that deny."""

    allowed: tuple[Reached, ...]
    denied: tuple[Reached, ...]

    @property
    def never(self) -> bool:
        return not self.allowed or any(not each.terms for each in self.denied)

    @property
    def terms(self) -> tuple[Expr, ...]:
        """What must hold, all of it, where the answer is not `never`. Empty: always."""
        always = any(not each.terms for each in self.allowed)
        return (
            *(() if always else (any_of([all_of(each.terms) for each in self.allowed]),)),
            *(Not(type=_BOOL, term=all_of(each.terms)) for each in self.denied),
        )


class Decisions:
    """Decides for one system, one entity, one action and one role at a time."""

    def __init__(self, system: SystemIR, clauses: Clauses) -> None:
        self._system = system
        self._relations = {role.name for role in system.roles if role.entity is not None}
        self.clauses = clauses
        self._known: dict[tuple[str, str, str], Decision] = {}

    def decide(self, entity: str, action: str, role: str) -> Decision:
        """Return what the rules of `entity` decide about `action`, its scope aside."""
        key = (entity, action, role)
        if key not in self._known:
            allow = self._reached(entity, self.clauses.allow(entity, action), role, denying=False)
            deny = self._reached(entity, self.clauses.deny(entity, action), role, denying=True)
            self._known[key] = Decision(tuple(allow), tuple(deny))
        return self._known[key]

    def free(self, operation: Operation, role: str) -> tuple[Reached, ...]:
        """Return what allows `role` an operation that is about no row."""
        clauses = (
            clause
            for grant in operation.allows
            for clause in self.clauses.of_grant("", grant, operation.name)
        )
        return tuple(
            Reached((f"{operation.name}.allow",), tuple(each.expr for each in clause.conditions))
            for clause in clauses
            if clause.speaks_of(role)
        )

    def _reached(
        self, entity: str, clauses: Iterable[PolicyClause], role: str, *, denying: bool
    ) -> Iterator[Reached]:
        for clause in clauses:
            if not clause.speaks_of(role, denying=denying):
                continue
            found = self._terms(entity, clause, role, denying=denying)
            if found is None or (role == ANONYMOUS and any(map(needs_actor, found.terms))):
                continue
            yield found

    def _terms(self, entity: str, clause: PolicyClause, role: str, *, denying: bool) -> Reached | None:
        """Return the terms of a clause; None when they cannot be true for the role."""
        own = [condition.expr for condition in clause.conditions]
        rules = (clause.rule.id,) if clause.rule is not None else ()
        if clause.via is None:
            return Reached(rules, tuple(own))
        through = self._through(entity, clause.via, role, denying=denying)
        return through and Reached((*rules, *through.rules), _unique((*through.terms, *own)))

    def _through(self, entity: str, via: Via, role: str, *, denying: bool) -> Reached | None:
        """What must hold for the row that refers: the target's clause, its scope, none of its denials, and that the caller may
        read it."""
        inner = self._terms(via.target, via.clause, role, denying=denying)
        if inner is None:
            return None
        denied = self.decide(via.target, via.action, role).denied
        read = self._read(via, role, denying=denying)
        if read is None or any(not each.terms for each in denied):
            return None
        step = PathStep(entity=entity, field=via.field)
        refused = (Not(type=_BOOL, term=all_of(each.terms)) for each in denied)
        terms = [rebase(term, step) for term in (*inner.terms, *refused, *read)]
        terms += self._other_scope(entity, via.target, step)
        present = self._present(entity, via.field) if denying or not terms else ()
        return Reached(inner.rules, _unique((*present, *terms)))

    def _read(self, via: Via, role: str, *, denying: bool) -> tuple[Expr, ...] | None:
        if via.action == "read" or (role in self._relations and not denying):
            return ()
        read = self.decide(via.target, "read", role)
        return None if read.never else read.terms

    def _present(self, entity: str, field: str) -> tuple[Expr, ...]:
        """A reference that is null leads to no row; what is asked of that row is then false and not unknown."""
        found = self._system.entity(entity).field(field)
        if not isinstance(found, ReferenceField) or not found.nullable:
            return ()
        path = Path(
            type=EntityType(name=found.target),
            nullable=True,
            root=Root.ROW,
            steps=(PathStep(entity=entity, field=field),),
        )
        return (IsNull(type=_BOOL, value=path, negated=True),)

    def _other_scope(self, entity: str, target: str, step: PathStep) -> tuple[Expr, ...]:
        """The scope of a related row. Its tenant is left out where the row's own scope says it: it is the same on both ends."""
        own = {
            bare
            for term in conjuncts(self.clauses.scope(entity))
            if (bare := _tenant(self._system, entity, term))
        }
        return tuple(
            rebase(term, step)
            for term in conjuncts(self.clauses.scope(target))
            if _tenant(self._system, target, term) not in own
        )


def all_of(terms: tuple[Expr, ...]) -> Expr:
    return terms[0] if len(terms) == 1 else And(type=terms[0].type, terms=terms)


def any_of(terms: Iterable[Expr]) -> Expr:
    unique = _unique(terms)
    return unique[0] if len(unique) == 1 else Or(type=unique[0].type, terms=unique)


def _unique(terms: Iterable[Expr]) -> tuple[Expr, ...]:
    found: list[Expr] = []
    for term in terms:
        if term not in found:
            found.append(term)
    return tuple(found)


def _tenant(system: SystemIR, entity: str, term: Expr) -> str:
    """Return the claim that `term` compares with the tenant of a row of `entity`; empty when it is another condition."""
    if not isinstance(term, Compare) or term.op != "==":
        return ""
    for left, right in ((term.left, term.right), (term.right, term.left)):
        if (
            isinstance(left, Path)
            and left.root is Root.ROW
            and isinstance(right, Path)
            and right.root is Root.ACTOR
            and all(step.entity is None for step in right.steps)
        ):
            fields = [step.field for step in left.steps]
            if fields == [system.entity(entity).tenant]:
                return ".".join(step.field for step in right.steps)
    return ""
