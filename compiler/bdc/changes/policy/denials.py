"""Denials to a role that may do nothing by itself: they are felt by callers that hold another role beside it."""

from collections.abc import Iterator

from bdc.changes.change import Access, Change
from bdc.changes.meaning.canonical import BOOL, FALSE
from bdc.changes.policy.earlier import earlier
from bdc.changes.policy.shift import Surfaces, enum_values, shifts
from bdc.changes.sides import Sides
from bdc.ir import Expr, Not, SystemIR
from bdc.policy import Clauses
from bdc.policy.decisions import Decisions, all_of, any_of
from bdc.policy.matrix import Matrix, MatrixRow, Verdict

_HELP = "The row level security follows: what opens does so before the new version runs, what closes with the contract."


def denial_changes(sides: Sides, old: Matrix, new: Matrix) -> Iterator[Change]:
    """Yield the denials that have changed for roles whose own cells say `never` on both sides."""
    if not _denies(sides.old) and not _denies(sides.new):
        return
    before = {(row.entity, row.action, row.role): row for row in old.rows}
    sources = tuple(Decisions(system, Clauses(system)) for system in (sides.old, sides.new))
    for row in new.rows:
        if row.entity is None or row.verdict is not Verdict.NEVER or row.by_relation:
            continue
        entity = sides.renames.entity(row.entity)
        was = before.get((entity, row.action, row.role))
        if was is None or was.verdict is not Verdict.NEVER or not _others(new, row):
            continue
        denied = (
            _denied(sources[0], entity, row.action, row.role),
            earlier(_denied(sources[1], row.entity, row.action, row.role), sides.renames),
        )
        if denied[0] != denied[1]:
            yield from _told(sides, row, denied)


def _denies(system: SystemIR) -> bool:
    return any(rule.effect == "deny" for policy in system.policies for rule in policy.rules)


def _others(matrix: Matrix, row: MatrixRow) -> bool:
    """Whether another role may do the action at all."""
    return any(cell.verdict is not Verdict.NEVER for cell in matrix.of(row.entity, row.action))


def _denied(decisions: Decisions, entity: str, action: str, role: str) -> Expr:
    found = decisions.decide(entity, action, role).denied
    if not found:
        return FALSE
    if any(not each.terms for each in found):
        return Not(type=BOOL, term=FALSE)
    return any_of([all_of(each.terms) for each in found])


def _told(sides: Sides, row: MatrixRow, denied: tuple[Expr, Expr]) -> Iterator[Change]:
    allowed = (Not(type=BOOL, term=each) for each in denied)
    for shift in shifts(next(allowed), next(allowed), enum_values(sides)):
        word = {"lost": "narrowed", "gained": "widened"}.get(shift.word, shift.word)
        fewer = "fewer" if word == "narrowed" else "more" if word == "widened" else "other"
        who = f"a caller with {row.role} and a role that may {row.action} {row.entity}"
        message = f"{who} may do so in {fewer} cases: what is denied to {row.role} has changed{shift.told}"
        access = Access(
            (row.role,), row.action, Surfaces(sides.new).of(row.entity, row.action), shift.example
        )
        policy = sides.new.policy(row.entity or "")
        yield Change(
            f"policy.access-{word}",
            f"{row.entity}.{row.action} {row.role} with another role",
            message,
            _HELP,
            policy.origin if policy else None,
            access=access,
        )
