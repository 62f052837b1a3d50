"""The disk of the database, today and later."""

from bdc.advice.numbers import count, percent, size, time
from bdc.advice.page import Chapter, Verdict
from bdc.advice.sizing import Sizing
from bdc.ir.sizes import GIBIBYTE, database_storage

DAY, YEAR = 86_400, 365
_SHOWN = 6


def storage(sizing: Sizing) -> Chapter:
    """How large the tables are, how fast they grow, and when the disk is full."""
    if not sizing.tables:
        missing = "No rows are declared."
        return Chapter("storage", "Storage and growth", Verdict.ASK, missing, (), (sizing.ask_for_rows,))
    disk, assume = float(database_storage(sizing.deploy.database)), sizing.assume
    usable = disk * (1 - assume.headroom)
    days = (usable - sizing.data) / sizing.daily if sizing.daily else float("inf")
    year = sizing.data + YEAR * sizing.daily
    lines = [*_tables(sizing), *_totals(sizing, disk, usable, year)]
    changes = _changes(sizing, usable, year)
    finding = f"{size(sizing.data)} today, {size(sizing.daily)} more each day, {size(year)} in a year."
    finding += f" The disk is full in {time(days * DAY)}." if days > 0 else " This does not fit on the disk."
    verdict = Verdict.CHANGE if changes and sizing.data + YEAR / 2 * sizing.daily > usable else Verdict.FITS
    if changes and verdict is Verdict.FITS:
        changes = []
    if not any(each.growth_declared for each in sizing.tables):
        changes.append(f"Declare how fast it grows: `load {{ {sizing.largest}: 10_000 rows_per_day }}`.")
    numbers = {
        "bytes": sizing.data,
        "daily": sizing.daily,
        "year": year,
        "days": max(0.0, days),
        "disk": disk,
    }
    return Chapter("storage", "Storage and growth", verdict, finding, tuple(lines), tuple(changes), numbers)


def _tables(sizing: Sizing) -> list[str]:
    lines = [
        f"{each.table.entity}: {count(each.rows)} rows × ({each.row} + {each.index} bytes of indexes) = {size(each.bytes)};"
        f" {count(each.daily)} new rows a day"
        + ("" if each.growth_declared else f" (rows ÷ {count(sizing.assume.age)} days)")
        for each in sizing.tables[:_SHOWN]
    ]
    rest = sizing.tables[_SHOWN:]
    return lines + ([f"{len(rest)} smaller tables: {size(sum(each.bytes for each in rest))}"] if rest else [])


def _totals(sizing: Sizing, disk: float, usable: float, year: float) -> list[str]:
    total = sum(each.bytes for each in sizing.tables)
    audited = [entity.name for entity in sizing.system.entities if entity.audited]
    lines = [
        f"{size(total)} × {sizing.assume.bloat} in use = {size(sizing.data)}",
        f"{size(sizing.data)} + {YEAR} days × {size(sizing.daily)} = {size(year)}",
        f"{size(disk)} of disk × (1 − {percent(sizing.assume.headroom)}) = {size(usable)} to use",
    ]
    if audited:
        lines.append(f"not counted: audit rows of {', '.join(audited)}, about 600 bytes for each write")
    return lines


def _changes(sizing: Sizing, usable: float, year: float) -> list[str]:
    if year <= usable:
        return []
    wanted = year / (1 - sizing.assume.headroom) / GIBIBYTE
    rounded = max(10, -(-wanted // 10) * 10)
    return [f"Take a disk that lasts a year: `storage: {rounded:.0f}Gi`."]
