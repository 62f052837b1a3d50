"""Triggers that refuse a change of a column also hold the migration that fills it. They are switched off around such a step: what callers
may write is also decided by the statements of the service, so nothing else passes meanwhile."""

from collections.abc import Iterable, Iterator

from bdc.catalog import Trigger
from bdc.ddl.names import Name, full, quote
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, key
from bdc.plan.operation import Phase
from bdc.plan.sql_identifiers import mentions
from bdc.plan.step import SHARE_ROW_EXCLUSIVE, Step
from bdc.plan.visibility import AROUND

REFUSING = ("refuse_change", "refuse_transition")


def with_guards_off(context: Context, steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps, and those around them that let the migration change what a trigger keeps."""
    seen: set[tuple[Phase, int, Name, str]] = set()
    for step in steps:
        yield step
        if step.batch is None or (step.phase, step.rank) not in AROUND:
            continue
        columns = frozenset(step.batch.set) | ({step.batch.seal.column} if step.batch.seal else set())
        for table, trigger in _guards(context, step.batch.table):
            place = (step.phase, step.rank, table, trigger.name)
            if place not in seen and mentions(trigger.definition, columns):
                seen.add(place)
                yield from _pair(context, table, trigger.name, step)


def _guards(context: Context, table: str) -> Iterator[tuple[Name, Trigger]]:
    """Yield the refusing triggers that a table has before the migration and after it."""
    before = next((each for each in context.old.tables if full(each.name) == table), None)
    after = context.new_tables.get(before.name) if before is not None else None
    if before is None or after is None:
        return
    kept = {each.name for each in after.triggers}
    for each in before.triggers:
        ours = each.function is not None and each.function.schema == "app" and each.function.name in REFUSING
        if ours and " update " in each.definition and each.name in kept and each.enabled == "origin":
            yield before.name, each


def _pair(context: Context, table: Name, trigger: str, step: Step) -> Iterator[Step]:
    before, after = AROUND[step.phase, step.rank]
    off, on = (
        alter(table, f"disable trigger {quote(trigger)}"),
        alter(table, f"enable trigger {quote(trigger)}"),
    )
    for rank, forth, back, word in ((before, off, on, "off"), (after, on, off, "on")):
        yield Step(
            key=key(f"guard-{word}", table, trigger, step.phase, str(step.rank)),
            title=f"Trigger {trigger} of {spelled(table)} is switched {word}",
            phase=step.phase,
            rank=rank,
            statements=(forth,),
            locks={full(each): SHARE_ROW_EXCLUSIVE for each in context.family(table)},
            alone=True,
            undo=(back,),
        )
