"""Which roles let a caller be allowed at all, before any row is looked at."""

from bdc.policy.clauses import Clauses, PolicyClause
from bdc.policy.rebase import needs_actor

ANONYMOUS = "anonymous"


class Callers:
    """Answers for callers with several roles: it never says no where some caller could be allowed on some row."""

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses
        self._pending: set[tuple[str, str, str]] = set()

    def may_ever(self, entity: str, action: str, role: str) -> bool:
        """Whether some caller with `role`, whatever its other roles, could be allowed because of it. Another role can lift what
        a `via` denies, or read what this one may not."""
        asked = (entity, action, role)
        denials = self._clauses.deny(entity, action)
        if asked in self._pending or any(each.unconditional and each.speaks_of(role) for each in denials):
            return False  # a cycle of `via` allows nothing
        self._pending.add(asked)
        able = any(self._could(entity, clause, role) for clause in self._clauses.allow(entity, action))
        self._pending.remove(asked)
        return able

    def by_relation(self, entity: str, action: str) -> bool:
        """Whether a rule allows the action to a role by relation, which any caller may hold."""
        return any(clause.relation is not None for clause in self._clauses.allow(entity, action))

    def _could(self, entity: str, clause: PolicyClause, role: str) -> bool:
        if not clause.speaks_of(role) or not self._possible(entity, clause, role):
            return False
        via = clause.via
        return via is None or self.may_ever(via.target, via.action, role)

    def _possible(self, entity: str, clause: PolicyClause, role: str) -> bool:
        """Whether a caller without a token can fulfil what is asked of the row."""
        if role != ANONYMOUS:
            return True
        terms = [condition.expr for condition in clause.conditions]
        scope = self._clauses.scope(entity)
        return not any(map(needs_actor, terms if scope is None else [*terms, scope]))
