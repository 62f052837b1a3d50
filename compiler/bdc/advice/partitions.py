"""Which tables should be partitioned, by what, and into how many parts."""

from math import ceil

from bdc.advice.numbers import count, size
from bdc.advice.page import Chapter, Verdict
from bdc.advice.sizing import Sizing, TableSize
from bdc.ir import ScalarField, Stamp

MONTHS = 30.44


def partitions(sizing: Sizing) -> Chapter:
    """Tables that are large now, or within a year."""
    limit = sizing.assume.large_table
    large = [
        each
        for each in sizing.tables
        if each.bytes + 365 * each.daily_bytes > limit and each.table.partitioning is None
    ]
    lines = tuple(
        f"{each.table.entity}: {size(each.bytes)} + 365 days × {size(each.daily_bytes)} ="
        f" {size(each.bytes + 365 * each.daily_bytes)}; a large table begins at {size(limit)}"
        for each in large or sizing.tables[:1]
    )
    if not large:
        finding = f"No table reaches {size(limit)} within a year: none needs partitions."
        return Chapter("partitions", "Partitions", Verdict.FITS, finding, lines)
    names = ", ".join(each.table.entity for each in large)
    finding = (
        f"{names}: as one table, vacuum and index builds take hours, and old rows leave only row by row."
        " Partition before it is that large: afterwards every row is copied."
    )
    changes = tuple(_change(sizing, each) for each in large)
    return Chapter(
        "partitions", "Partitions", Verdict.CHANGE, finding, lines, changes, {"tables": len(large)}
    )


def _change(sizing: Sizing, each: TableSize) -> str:
    entity = sizing.system.entity(each.table.entity)
    created = next(
        (
            field
            for field in entity.fields
            if isinstance(field, ScalarField) and (field.stamp is Stamp.CREATED)
        ),
        None,
    )
    monthly = max(1.0, each.daily_bytes * MONTHS)
    if created is None:
        parts = max(2, ceil((each.bytes + 365 * each.daily_bytes) / sizing.assume.partition))
        by = f"{entity.name} has no time of its creation: partition it by hash of its key, {count(parts)} parts"
        return by + " (`partition by hash`), or give it `Timestamps` first and partition by month."
    months = max(1, int(sizing.assume.partition / monthly))
    period = "a year" if months >= 12 else "a month" if months == 1 else f"{months} months"
    return f"Partition {entity.name} by range of `{created.name}`, {period} each ({size(monthly)} a month): it has to be part of the key."
