"""What row level security cannot say of a caller's write: permissions to write a field, and rules that compare old with new.

The emitter of the database makes triggers of them; their conditions speak of the records `old` and `new`.
"""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import Call, Entity, FieldRule, Literal, ReferenceField, Root, ScalarField, SystemIR
from bdc.ir.compiled import CallerRule
from bdc.policy import PolicyClause
from bdc.query.claims import OPERATION_SETTING, body_is
from bdc.query.embedding import columns_of
from bdc.query.expressions import lower
from bdc.query.policy import Policies
from bdc.query.relation_terms import row_paths
from bdc.query.row_security import changes
from bdc.query.scope import Scope
from bdc.query.trees import boolean, call, disjunction, is_true, print_sql, text
from bdc.query.writers import bodies

_STEADY = ("now", "today")  # the same wherever it is asked in one transaction


def caller_rules(system: SystemIR, policies: Policies) -> tuple[CallerRule, ...]:
    """Return the rules of every entity, in declared order."""
    return tuple(rule for entity in system.entities for rule in _of(system, policies, entity))


def _of(system: SystemIR, policies: Policies, entity: Entity) -> Iterator[CallerRule]:
    policy = system.policy(entity.name)
    for rule in policy.fields if policy else ():
        if rule.write is not None:
            yield from _field(system, policies, entity, rule)
    compared = [action for action in changes(system, entity) if _compares(policies, entity, action)]
    if compared:
        yield _change(system, policies, entity, compared)


def _field(system: SystemIR, policies: Policies, entity: Entity, rule: FieldRule) -> Iterator[CallerRule]:
    field = entity.field(rule.field)
    allowed = policies.write_allowed(_scope(system, entity), entity.name, rule.field)
    if allowed is not None and isinstance(field, ScalarField | ReferenceField):
        name = f"{entity.name}.{rule.field}.write"
        default = _default(system, field)
        for column in columns_of(field) if isinstance(field, ScalarField) else (field.column,):
            own = column if isinstance(field, ScalarField) and field.embedded else rule.field
            label = f"{entity.table}_{own}"
            yield CallerRule(
                entity.table, label, name, column, print_sql(_or_stated(system, entity, allowed)), default
            )


def _default(system: SystemIR, field: ScalarField | ReferenceField) -> str | None:
    """Return what a row has without a given value; only what is the same whenever it is worked out."""
    default = field.default if isinstance(field, ScalarField) else None
    constant = isinstance(default, Literal) or (isinstance(default, Call) and default.function in _STEADY)
    return print_sql(lower(default, Scope(system))) if constant and default is not None else None


def _change(system: SystemIR, policies: Policies, entity: Entity, actions: list[str]) -> CallerRule:
    """One condition for the operation under clause; what is under no such rule passes."""
    operation = call("current_setting", text(OPERATION_SETTING), boolean(True))
    cases = [
        exp.If(
            this=text(f"{entity.name}.{action}"),
            true=is_true(policies.allowed(_scope(system, entity), entity.name, action)),
        )
        for action in actions
    ]
    condition = _or_stated(system, entity, exp.Case(this=operation, ifs=cases, default=boolean(True)))
    return CallerRule(
        entity.table, f"{entity.table}_change", f"{entity.name}.change", None, print_sql(condition)
    )


def _or_stated(system: SystemIR, entity: Entity, condition: exp.Expression) -> exp.Expression:
    """Statements of an operation write what the specification says: the rules are about callers that write by themselves."""
    names = bodies(system, entity.name)
    return disjunction([body_is(*names), condition]) if names else condition


def _compares(policies: Policies, entity: Entity, action: str) -> bool:
    """Whether a rule sees both rows, or a row could be allowed by one clause before and by another after: row level security
    asks for some clause that holds before and some clause that holds after."""
    allow, deny = policies.clauses.allow(entity.name, action), policies.clauses.deny(entity.name, action)
    limited = [clause for clause in allow if not clause.unconditional]
    if action == "update" and len(limited) > 1:
        return True
    # A denial that asks of the row before and of the row, which is the row after too: no side of row level security knows both.
    denied = (_roots(clause) for clause in deny)
    after = {Root.NEW, Root.ROW} if action == "update" else {Root.NEW}
    return any({Root.OLD, Root.NEW} <= _roots(clause) for clause in limited) or any(
        Root.OLD in roots and roots & after for roots in denied
    )


def _roots(clause: PolicyClause) -> set[Root]:
    return {path.root for term in clause.conditions for path in row_paths(term.expr)}


def _scope(system: SystemIR, entity: Entity) -> Scope:
    return Scope(system).change(entity.name, old="old", new="new", row="new")
