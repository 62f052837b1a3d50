"""Statements of operations: what is required before anything is written, and what is written to other rows."""

from collections.abc import Iterator

from bdc.changes.behaviour.pairs import same_expr
from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Assignment, Enqueue, Operation, OperationStatement, Origin, Requirement, TransitionBody
from bdc.policy.expression_text import in_words

_ELSEWHERE = "Offer it as an operation of another name where clients rely on what it accepted."
_REMEDY = "Offer it as an operation of another name where clients rely on what it did."


def statement_changes(
    sides: Sides, place: str, old: TransitionBody, new: TransitionBody, origin: Origin
) -> Iterator[Change]:
    """Yield requirements that came or went, and one change where other rows are written otherwise."""
    for each in new.requires:
        if not any(_same_requirement(sides, other, each) for other in old.requires):
            said = in_words(each.condition)
            message = f"{place} is refused with {each.error} unless `{said}`"
            yield Change("behaviour.requirement-added", f"{place} {said}", message, _ELSEWHERE, origin)
    for each in old.requires:
        if not any(_same_requirement(sides, each, other) for other in new.requires):
            said = in_words(each.condition)
            message = f"{place} no longer requires `{said}`"
            yield Change("behaviour.requirement-removed", f"{place} {said}", message, "", origin)
    for was, now in ((was, now) for was in old.requires for now in new.requires):
        if _same_requirement(sides, was, now) and not same_values(sides, now.error, was.members, now.members):
            message = f"{now.error} of {place} tells other values"
            yield Change("behaviour.requirement-members-changed", f"{place} {now.error}", message, "", origin)
    if len(old.statements) != len(new.statements) or not all(
        _same_statement(sides, was, now) for was, now in zip(old.statements, new.statements, strict=True)
    ):
        message = f"{place} writes something else to other rows"
        yield Change("behaviour.statements-changed", place, message, _REMEDY, origin)
    if len(old.enqueues) != len(new.enqueues) or not all(
        _same_run(sides, was, now) for was, now in zip(old.enqueues, new.enqueues, strict=True)
    ):
        yield Change(
            "behaviour.statements-changed",
            f"{place} jobs",
            f"{place} queues or cancels other jobs",
            "",
            origin,
        )


def named_rows(sides: Sides, place: str, old: Operation, new: Operation) -> Iterator[Change]:
    """Yield arguments that name rows of another entity than before, or are looked up now."""
    before = {each.name: each.refers for each in old.parameters}
    for each in new.parameters:
        was = before.get(each.name)
        now = sides.renames.entity(each.refers) if each.refers is not None else None
        if each.name in before and was != now:
            message = f"`{each.name}` of {place} names {_row_of(each.refers)} instead of {_row_of(was)}"
            yield Change(
                "behaviour.argument-row-changed", f"{place} {each.name}", message, _ELSEWHERE, new.origin
            )


def _row_of(entity: str | None) -> str:
    return f"a row of {entity} that the caller may name" if entity is not None else "a value"


def _same_requirement(sides: Sides, old: Requirement, new: Requirement) -> bool:
    return old.error == new.error and same_expr(old.condition, new.condition, sides.renames)


def _same_statement(sides: Sides, old: OperationStatement, new: OperationStatement) -> bool:
    entity = sides.renames.entity(new.entity)
    same = (old.verb, old.entity, old.row) == (new.verb, entity, new.row)
    return same and same_values(sides, new.entity, old.values, new.values)


def _same_run(sides: Sides, old: Enqueue, new: Enqueue) -> bool:
    before, after = ({each.field: each.value for each in run.values} for run in (old, new))
    if (old.job, old.after, old.cancels, before.keys()) != (
        new.job,
        new.after,
        new.cancels,
        after.keys(),
    ) or (old.at is None) != (new.at is None):
        return False
    pairs = [(before[name], after[name]) for name in before]
    pairs += [(old.at, new.at)] if old.at is not None and new.at is not None else []
    return all(same_expr(was, now, sides.renames) for was, now in pairs)


def same_values(sides: Sides, entity: str, old: tuple[Assignment, ...], new: tuple[Assignment, ...]) -> bool:
    """Whether both write the same values to the same fields of `entity`."""
    before = {each.field: each.value for each in old}
    after = {sides.renames.field(entity, each.field): each.value for each in new}
    return before.keys() == after.keys() and all(
        same_expr(before[name], after[name], sides.renames) for name in before
    )
