"""Functions and procedures: replaced in place where PostgreSQL allows it, which keeps what stands on them."""

import re
from collections.abc import Iterator

from bdc.catalog import Routine
from bdc.ddl.names import full
from bdc.plan.compare import Change, rights
from bdc.plan.context import Context
from bdc.plan.dependents import around_names
from bdc.plan.making import key
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations.comments import object_comment
from bdc.plan.operations.rights import grant_texts, plan_rights
from bdc.plan.refusals import cannot_plan
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.words import mentions

_CREATE = re.compile(r"^\s*create\s+(?:or\s+replace\s+)?(function|procedure|aggregate)\b", re.IGNORECASE)
_BODY = re.compile(r"\bas\s+(?:\$|')|\breturn\b|\bbegin\s+atomic\b", re.IGNORECASE)
_RETURNS = re.compile(
    r"\breturns\s+(.+?)(?=\s+(?:language|immutable|stable|volatile|strict|security|set|cost|rows|parallel|leakproof|called|as)\b|$)",
    re.IGNORECASE | re.DOTALL,
)
# Bodies are looked at when they run: they may speak of what this transaction, or a later one, makes.
_UNCHECKED = "set local check_function_bodies = off;"


def plan_routine(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        yield _drop(old)
    elif old is None:
        yield _create(context, new)
    else:
        if old.definition != new.definition or old.kind != new.kind:
            yield from _replace(context, old, new)
        yield from plan_rights(target(new), label(new), _rights(old, new))
        yield from object_comment(new.kind, new.name, old.comment, new.comment, new.signature)


def label(routine: Routine) -> str:
    return f"{routine.name.name}{routine.signature}"


def target(routine: Routine) -> str:
    return f"{'procedure' if routine.kind == 'procedure' else 'function'} {full(routine.name)}{routine.signature}"


def _rights(old: Routine, new: Routine) -> Iterator[Change]:
    return rights(old, new)


def _statement(definition: str) -> str:
    return definition.strip().rstrip(";") + ";"


def _whole(routine: Routine) -> tuple[str, ...]:
    return (_UNCHECKED, _statement(routine.definition), *grant_texts(target(routine), routine.rights))


def _drop_text(routine: Routine) -> str:
    return f"drop {routine.kind} {full(routine.name)}{routine.signature};"


def _create(context: Context, routine: Routine) -> Step:
    head = _head(routine)
    rows = [table.name.name for table in context.new.tables if context.is_fresh(table.name)]
    parsed = re.search(r"\bbegin\s+atomic\b", routine.definition, re.IGNORECASE) is not None
    late = parsed or mentions(head, rows) or routine.kind == "aggregate"
    return Step(
        key=key("create-routine", label(routine)),
        title=f"Function {label(routine)}",
        phase="expand",
        rank=32 if late else 20,
        statements=_whole(routine),
        undo=(_drop_text(routine),),
    )


def _head(routine: Routine) -> str:
    found = _BODY.search(routine.definition)
    return routine.definition[: found.start()] if found else routine.definition


def _is_in_place(old: Routine, new: Routine) -> bool:
    """The names of parameters and the type of the result are what CREATE OR REPLACE does not change."""
    if old.kind != new.kind or old.kind == "aggregate":
        return False
    return _shape(old) == _shape(new)


def _shape(routine: Routine) -> tuple[str, str]:
    head = " ".join(_head(routine).split())
    returns = _RETURNS.search(head)
    before = head[: returns.start()] if returns else head
    parameters = before[before.find("(") : before.rfind(")") + 1]
    return parameters.lower(), (returns[1].lower() if returns else "")


def _replace(context: Context, old: Routine, new: Routine) -> Iterator[Step | Refusal]:
    if not _is_in_place(old, new):
        yield from _exchange(context, old, new)
        return
    yield Step(
        key=key("replace-routine", label(new)),
        title=f"Function {label(new)} changes",
        phase="expand",
        rank=56,
        statements=(_UNCHECKED, _or_replace(new)),
        undo=(_UNCHECKED, _or_replace(old)),
        hazards=(
            Hazard(code="ROUTINE_CHANGES", object=label(new), message="from here on it does the new thing"),
        ),
    )


def _or_replace(routine: Routine) -> str:
    return _statement(_CREATE.sub(r"create or replace \1", routine.definition, count=1))


def _exchange(context: Context, old: Routine, new: Routine) -> Iterator[Step | Refusal]:
    """What stands on it goes and comes back with it."""
    name = old.name.name
    for table in context.old.tables:
        texts = [column.default or column.generated for column in table.columns]
        texts += [check.condition for check in table.checks]
        if any(mentions(text, [name]) for text in texts):
            yield cannot_plan(
                label(new),
                f"its parameters or result change while {table.name.name} stands on it",
                "give the new function another name, move to it, then remove the old one",
            )
            return
    around = around_names(context.old, [name])
    yield Step(
        key=key("exchange-routine", label(new)),
        title=f"Function {label(new)} is made anew",
        phase="expand",
        rank=19,
        statements=(*around.before, _drop_text(old), *_whole(new), *around.after),
        locks=context.locks_one(ACCESS_EXCLUSIVE, *around.tables),
        alone=True,
        undo=(*around.before, _drop_text(new), *_whole(old), *around.after),
        hazards=(
            Hazard(code="ROUTINE_CHANGES", object=label(new), message="its parameters or result change"),
        ),
    )


def _drop(routine: Routine) -> Step:
    return Step(
        key=key("drop-routine", label(routine)),
        title=f"Function {label(routine)} goes",
        phase="contract",
        rank=70,
        statements=(_drop_text(routine),),
        undo=_whole(routine),
    )
