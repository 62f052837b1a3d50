"""Functions and procedures: replaced in place where PostgreSQL allows it, which keeps what stands on them."""

import re
from collections.abc import Iterator

from bdc.catalog import Routine, View
from bdc.ddl.names import full
from bdc.plan.compare import Change, rights
from bdc.plan.context import Context
from bdc.plan.making import blocks, key
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations.rights.rights import plan_rights
from bdc.plan.operations.routines.routine_shapes import head
from bdc.plan.operations.routines.routine_texts import (
    UNCHECKED,
    drop_routine,
    statement,
    target,
    whole_routine,
)
from bdc.plan.operations.tables.comments import object_comment
from bdc.plan.refusals import cannot_plan
from bdc.plan.rotation import cannot_stop
from bdc.plan.sql_identifiers import mentions, words
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.sql.uses import uses

_CREATE = re.compile(r"^\s*create\s+(?:or\s+replace\s+)?(function|procedure|aggregate)\b", re.IGNORECASE)


def plan_routine(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    refused = cannot_stop(context, old) if new is None else None
    if refused is not None:
        yield refused
    elif new is None:
        yield from _drop(context, old)
    elif old is None:
        yield _create(context, new)
    else:
        if old.definition != new.definition or old.kind != new.kind:
            yield from _replace(context, old, new)
        yield from plan_rights(target(new), label(new), _rights(old, new))
        yield from object_comment(new.kind, new.name, old.comment, new.comment, new.signature)


def label(routine: Routine) -> str:
    return f"{routine.name.name}{routine.signature}"


def _rights(old: Routine, new: Routine) -> Iterator[Change]:
    return rights(old, new)


def _create(context: Context, routine: Routine) -> Step:
    rows = [table.name.name for table in context.new.tables if context.is_fresh(table.name)]
    parsed = re.search(r"\bbegin\s+atomic\b", routine.definition, re.IGNORECASE) is not None
    late = parsed or mentions(head(routine), rows) or routine.kind == "aggregate"
    return Step(
        key=key("create-routine", label(routine)),
        title=f"Function {label(routine)}",
        phase="expand",
        rank=32 if late else 20,
        statements=whole_routine(routine),
        makes=frozenset({f"routine {full(routine.name)}"}),
        needs=frozenset(f"view {full(view.name)}" for view in views_named(context, routine)),
        undo=(drop_routine(routine),),
    )


def views_named(context: Context, routine: Routine) -> list[View]:
    """Return the new views whose rows the head of a routine names, or a body that is bound when it is made."""
    parsed = re.search(r"\bbegin\s+atomic\b", routine.definition, re.IGNORECASE) is not None
    said = words(routine.definition if parsed else head(routine))
    old = {view.name for view in context.old.views}
    return [view for view in context.new.views if view.name not in old and view.name.name in said]


def _replace(context: Context, old: Routine, new: Routine) -> Iterator[Step | Refusal]:
    """One that refuses more than before does so when no old version runs."""
    late = ("", label(new)) in context.hints.late
    yield Step(
        key=key("replace-routine", label(new)),
        title=f"Function {label(new)} changes",
        phase="contract" if late else "expand",
        rank=17 if late else 56,
        statements=(UNCHECKED, _or_replace(new)),
        undo=(UNCHECKED, _or_replace(old)),
        hazards=(
            Hazard(code="ROUTINE_CHANGES", object=label(new), message="from here on it does the new thing"),
        ),
    )


def _or_replace(routine: Routine) -> str:
    return statement(_CREATE.sub(r"create or replace \1", routine.definition, count=1))


def _drop(context: Context, routine: Routine) -> Iterator[Step | Refusal]:
    """What still names it stands on another routine of its name from here on: it is bound anew."""
    # They stand on operations, and operations on these.
    from bdc.plan.standing import generated_on, items, standing

    name = routine.name.name
    bound = standing(items(context.new), [name]) if _has_another(context, routine) else ()
    computed = (
        next(generated_on(context.new, frozenset({name})), None) if _has_another(context, routine) else None
    )
    if computed is not None:
        yield cannot_plan(
            label(routine),
            f"its arguments change while {computed[0].name.name}.{computed[1].name} is computed from it",
            "give the new one another name, move to it, then remove the old one",
        )
        return
    before = tuple(text for item in reversed(bound) for text in item.drop)
    after = tuple(text for item in bound for text in item.create)
    tables = tuple(dict.fromkeys(item.table for item in bound if item.table is not None))
    read = tuple(dict.fromkeys(item.table for item in bound if item.reads and item.table is not None))
    yield Step(
        key=key("drop-routine", label(routine)),
        title=f"Function {label(routine)} goes",
        phase="contract",
        rank=_last_rank(context, routine),
        statements=(*before, drop_routine(routine), *after),
        locks={full(table): ACCESS_EXCLUSIVE for table in tables},
        scans={full(table): "read" for table in read},
        alone=bool(bound),
        statement_timeout=0 if bound else 10_000,
        undo=(*whole_routine(routine), *before, *after),
        hazards=(
            *(
                blocks(full(table), "it is read or filled again while its readers and writers wait")
                for table in read
            ),
            *(
                Hazard(code="ROUTINE_CHANGES", object=item.key[2], message="it stands on another function")
                for item in bound
            ),
        ),
    )


def _last_rank(context: Context, routine: Routine) -> int:
    """A routine over the rows of something that goes, or over values of a type that goes, has to go first."""
    named = uses(routine.definition)
    views = {view.name.name for view in context.old.views} - {view.name.name for view in context.new.views}
    tables = {name.name for name in context.old_tables if name not in context.new_tables}
    kept = {each.key for each in context.new.others}
    types = {
        each.key.rpartition(".")[2]
        for each in context.old.others
        if each.kind == "type" and each.key not in kept
    }
    return 14 if named & views else 58 if named & (tables | types) else 70


def _has_another(context: Context, routine: Routine) -> bool:
    return any(each.name.name == routine.name.name for each in context.new.routines)
