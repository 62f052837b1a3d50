"""Objects that only their statement describes."""

from collections.abc import Iterator

from bdc.catalog import OtherObject
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.making import key
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.refusals import cannot_plan
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def plan_other(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if old is not None and old.drop is None:
        yield cannot_plan(
            f"{old.kind} {old.key}",
            "it changes or goes, and nothing says how it is taken back",
            "say how it is dropped, beside its statement",
        )
    elif new is None:
        yield _step(context, "drop-other", old, "contract", (_text(old.drop),), (_text(old.definition),))
    elif old is None:
        back = (_text(new.drop),) if new.drop is not None else None
        yield _step(context, "create-other", new, "expand", (_text(new.definition),), back)
    else:
        forth = (_text(old.drop), _text(new.definition))
        again = (_text(new.drop), _text(old.definition)) if new.drop is not None else None
        yield _step(context, "replace-other", new, "expand", forth, again)


def _text(statement: str) -> str:
    return statement.strip().rstrip(";") + ";"


def _step(
    context: Context,
    verb: str,
    found: OtherObject,
    phase: str,
    forth: tuple[str, ...],
    back: tuple[str, ...] | None,
) -> Step:
    """What it locks nobody knows but its author: the table it says it belongs to is the guess that is checked."""
    table = (found.table,) if found.table is not None else ()
    return Step(
        key=key(verb, found.kind, found.key),
        title=f"{found.kind} {found.key}",
        phase="contract" if phase == "contract" else "expand",
        rank=66 if phase == "expand" else 12,
        statements=forth,
        locks=context.locks_one(ACCESS_EXCLUSIVE, *table),
        alone=True,
        undo=back,
        irreversible=None if back is not None else "nothing says how it is taken back",
        hazards=(
            Hazard(code="OPAQUE", object=f"{found.kind} {found.key}", message="SQL that is not looked into"),
        ),
    )
