"""The permission matrix and the enforcement matrix, computed from the rules alone.

What comes in: `SystemIR` (and, for enforcement, the row level security that was compiled from it). What goes out: frozen
rows. The documentation prints them, the API description summarises them, the generated tests try every one of them.

A cell says what a caller with exactly one role may do: a claim role, a role by relation (held on some rows), no role at
all, or no token. Scope is kept apart: a row outside it does not exist for anybody, so `always` means every row inside.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property

from bdc.ir import Entity, Expr, Operation, Role, SystemIR
from bdc.ir.compiled import ANONYMOUS_ROLE
from bdc.ir.remembering import per_system
from bdc.policy import REFER, Callers, Clauses
from bdc.policy.decisions import Decision, Decisions, all_of
from bdc.policy.expression_text import in_words
from bdc.policy.rebase import needs_actor
from bdc.source.records import dataclass, replace

NO_ROLE = "(no role)"
ROW_ACTIONS = ("read", "create", "update", "delete")


class Verdict(StrEnum):
    ALWAYS = "always"
    CONDITIONALLY = "conditionally"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """What `role` may do. `entity` is None for an operation outside a resource. `condition` is in words, and `expr` the
    same as a tree over the row, when the verdict is conditional; `scope` (in words) holds beside it. `rules`: the allow
    rules that say so (for a role that inherits through a relation, also those of the related entity); `denied_by`: the deny
    rules that narrow it."""

    entity: str | None
    action: str
    role: str
    by_relation: bool
    verdict: Verdict
    condition: str = ""
    expr: Expr | None = None
    scope: str = ""
    rules: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()


class Matrix:
    """Cells of one system. `rows` lists all; `row` finds one."""

    def __init__(self, system: SystemIR) -> None:
        self._system = system
        clauses = Clauses(system)
        self._decisions, self._callers = Decisions(system, clauses), Callers(clauses)

    @cached_property
    def rows(self) -> tuple[MatrixRow, ...]:
        """Every cell: entities in declared order, then operations outside resources. A projection has those of its entity, and is found by
        name alone."""
        declared = (*self._system.entities, *(view.entity for view in self._system.views))
        return (*self._entity_rows(declared), *self._free_rows())

    @cached_property
    def _all_rows(self) -> tuple[MatrixRow, ...]:
        return (*self.rows, *self._entity_rows(self._system.projections))

    def row(self, entity: str | None, action: str, role: str) -> MatrixRow:
        """Return one cell; KeyError when there is none."""
        return self._by_key[entity, action, role]

    def of(self, entity: str | None, action: str) -> tuple[MatrixRow, ...]:
        """Return the cells of one action, all roles."""
        return self._by_action.get((entity, action), ())

    def anonymous_may(self, entity: str | None, action: str) -> bool:
        """Whether a request without a token is worth more than a 401."""
        return any(
            cell.role == ANONYMOUS_ROLE and cell.verdict is not Verdict.NEVER
            for cell in self.of(entity, action)
        )

    def may_write_unseen(self, entity: str | None, action: str = "create") -> bool:
        """Whether a caller may write a row that it may not read afterwards: the answer is then empty."""
        reads = {row.role: row.verdict for row in self.of(entity, "read")}
        return any(
            row.verdict is not Verdict.NEVER and reads.get(row.role) is not Verdict.ALWAYS
            for row in self.of(entity, action)
        )

    def actions(self, entity: str) -> tuple[str, ...]:
        """Return what can be done with an entity: the four row actions, its custom operations, and `refer` where a rule says it."""
        refer = (REFER,) if self._system.refers(entity) else ()
        return (*ROW_ACTIONS, *self._custom.get(entity, ()), *refer)

    @cached_property
    def claim_roles(self) -> tuple[Role, ...]:
        return tuple(
            role for role in self._system.roles if role.entity is None and role.name != ANONYMOUS_ROLE
        )

    @cached_property
    def _custom(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for api in self._system.apis:
            for resource in api.resources:
                found.setdefault(resource.entity, {}).update(dict.fromkeys(op.name for op in resource.custom))
        return {entity: tuple(names) for entity, names in found.items()}

    @cached_property
    def _by_key(self) -> dict[tuple[str | None, str, str], MatrixRow]:
        return {(row.entity, row.action, row.role): row for row in self._all_rows}

    @cached_property
    def _by_action(self) -> dict[tuple[str | None, str], tuple[MatrixRow, ...]]:
        found: dict[tuple[str | None, str], list[MatrixRow]] = {}
        for row in self._all_rows:
            found.setdefault((row.entity, row.action), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    def _entity_rows(self, entities: Iterable[Entity]) -> Iterator[MatrixRow]:
        for entity in entities:
            roles = self.roles_of(entity.name)
            for action in self.actions(entity.name):
                yield from (self._cell(entity.name, action, role, by_relation) for role, by_relation in roles)

    def roles_of(self, entity: str) -> tuple[tuple[str, bool], ...]:
        """Return the roles a cell of `entity` can be about, and whether each is held by relation."""
        reached = self._decisions.clauses.reached(entity)
        related = (role.name for name in reached for role in self._system.roles if role.entity == name)
        return (
            *((role.name, False) for role in self.claim_roles),
            *((name, True) for name in dict.fromkeys(related)),
            (NO_ROLE, False),
            (ANONYMOUS_ROLE, False),
        )

    def callers(self, entity: str | None, action: str) -> tuple[str, ...]:
        """Return the roles because of which some caller could be allowed on some row: what may be refused before any row is
        read. It holds for callers with several roles too, where the cells speak of exactly one."""
        if entity is None:
            return tuple(cell.role for cell in self.of(None, action) if cell.verdict is not Verdict.NEVER)
        names = (name for name, _ in self.roles_of(entity))
        return tuple(name for name in names if self._callers.may_ever(entity, action, name))

    def _cell(self, entity: str, action: str, role: str, by_relation: bool) -> MatrixRow:
        decision = self._decisions.decide(entity, action, role)
        scope = self._decisions.clauses.scope(entity)
        if role == ANONYMOUS_ROLE and scope is not None and needs_actor(scope):
            decision = replace(decision, allowed=())
        row = MatrixRow(entity, action, role, by_relation, Verdict.NEVER, scope=_words(scope))
        return _judge(row, decision)

    def _free_rows(self) -> Iterator[MatrixRow]:
        seen: set[str] = set()
        for api in self._system.apis:
            for operation in api.operations:
                if operation.name not in seen:
                    seen.add(operation.name)
                    yield from (self._free_cell(operation, role) for role in self._free_roles())

    def _free_roles(self) -> tuple[str, ...]:
        return (*(role.name for role in self.claim_roles), NO_ROLE, ANONYMOUS_ROLE)

    def _free_cell(self, operation: Operation, role: str) -> MatrixRow:
        """An operation outside a resource has no rows: without roles it allows no caller."""
        reached = self._decisions.free(operation, role)
        row = MatrixRow(None, operation.name, role, False, Verdict.NEVER)
        return _judge(row, Decision(reached, ()))


def _words(expr: Expr | None) -> str:
    return in_words(expr) if expr else ""


def _judge(cell: MatrixRow, decision: Decision) -> MatrixRow:
    """Return the cell with its verdict: deny beats allow, one clause that allows is enough."""
    if not decision.allowed:
        return cell
    rules = _unique(rule for each in decision.allowed for rule in each.rules)
    denies = _unique(rule for each in decision.denied for rule in each.rules)
    cell = replace(cell, rules=rules, denied_by=denies)
    if decision.never:
        return cell
    if not decision.terms:
        return replace(cell, verdict=Verdict.ALWAYS)
    expr = all_of(decision.terms)
    return replace(cell, verdict=Verdict.CONDITIONALLY, condition=in_words(expr), expr=expr)


def _unique(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


matrix_of = per_system(Matrix)
"""Return the matrix of a system, made once."""
