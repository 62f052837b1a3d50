"""Forced row level security applies to the owner too: a step that fills or copies all rows has to see them. It is let go around such
steps, for the owner alone; only the migration runner uses that role."""

from collections.abc import Iterable, Iterator

from bdc.catalog import Table
from bdc.ddl.names import Name, full
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, key
from bdc.plan.operation import Phase
from bdc.plan.step import ACCESS_EXCLUSIVE, Step

# Ranks right before and right after the steps that read all rows.
AROUND: dict[tuple[Phase, int], tuple[int, int]] = {
    ("backfill", 10): (9, 12),
    ("backfill", 30): (29, 31),
    ("contract", 2): (1, 3),
    ("contract", 40): (39, 43),
    ("contract", 47): (46, 48),
    ("contract", 56): (55, 57),
}


def with_sight(context: Context, steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps, and those that let the owner see what they work on."""
    forced = {full(table.name): table for table in _forced(context)}
    seen: set[tuple[Phase, int, Name]] = set()
    for step in steps:
        yield step
        tables = (
            {step.batch.table} if step.batch is not None else set(step.scans) if step.reads_rows else set()
        )
        if step.looks_up and not set(step.scans) <= forced.keys():
            tables = tables | step.looks_up  # rows that are seen lead to rows that are not
        for name in sorted(tables & forced.keys()):
            place = (step.phase, step.rank, forced[name].name)
            if place not in seen and place[:2] in AROUND:
                seen.add(place)
                yield from _pair(context, forced[name].name, step)


def _forced(context: Context) -> Iterator[Table]:
    for table in context.old.tables:
        after = context.new_tables.get(table.name)
        if (after or table).force_row_security:
            yield table


def _pair(context: Context, table: Name, step: Step) -> Iterator[Step]:
    before, after = AROUND[step.phase, step.rank]
    free, held = alter(table, "no force row level security"), alter(table, "force row level security")
    for rank, forth, back, word in ((before, free, held, "see"), (after, held, free, "do not see")):
        yield Step(
            key=key(
                "owner-sees" if forth == free else "owner-sees-no-more", table, step.phase, str(step.rank)
            ),
            title=f"Migrations {word} all rows of {spelled(table)}",
            phase=step.phase,
            rank=rank,
            statements=(forth,),
            locks=context.locks_one(ACCESS_EXCLUSIVE, table),
            alone=True,
            undo=(back,),
        )
