"""Measure and print: longest waits by kind of change, backfills, and how long a plan takes."""

import sys

from bdc.stack import start
from tests.bench.migrations.changes import CHANGES
from tests.bench.migrations.latency import cold, plan_seconds
from tests.bench.migrations.measure import Stage, Waits

MOST = 50.0  # ms: no reader or writer waits longer for a plan of ours
LEAST = 150_000  # rows per second of a backfill
TABLES = {71: 0.040, 1000: 1.5}  # seconds that a plan may take
COLD = 0.6
_ROW = "{:<30} {:>9} {:>8} {:>5} {:>10} {:>10}"


def bench_migrations(rows: int, only: str = "") -> None:
    """Print what is found; an aim that is missed is said, and is no failure."""
    _plans()
    with start() as server:
        stage = Stage(server, rows)
        stage.fill()
        _waits(stage, only)
        for count in (300_000, 3_000_000):
            _backfill(server, count, rows)


def _waits(stage: Stage, only: str) -> None:
    print(f"longest wait in ms of a reader and a writer that come by every 2 ms, {stage.rows:,} rows")
    print(f"nothing is changed: {stage.idle(5).longest:.0f} ms")
    print(_ROW.format("change", "bdc", "took s", "ops", "by hand", "alembic"))
    missed = []
    for change in CHANGES:
        if only.lower() not in change.name:
            continue
        ours, hand, other = stage.plan(change), stage.hand(change), stage.alembic(change)
        numbers = (_shown(ours), f"{ours.seconds:.1f}", ours.operations, _shown(hand), _shown(other))
        print(_ROW.format(change.name, *numbers), flush=True)
        _tell(change.name, ours, other)
        if ours.why or ours.failed or ours.longest > MOST:
            missed.append(change.name)
    print(f"above {MOST:.0f} ms: {', '.join(missed) or 'none'}\n")


def _shown(waits: Waits) -> str:
    """Alembic finds no checks and no values of enumerations; a change that it does not see is made by nobody."""
    if waits.why:
        return "fails"
    return f"{waits.longest:.0f}" if waits.operations else "not seen"


def _tell(name: str, *found: Waits) -> None:
    for waits in found:
        if waits.why:
            print(f"  {name}: {waits.why}", file=sys.stderr)
        if waits.failed:
            print(f"  {name}: {waits.failed} requests of reader and writer failed", file=sys.stderr)


def _backfill(server: object, count: int, rows: int) -> None:
    stage = Stage(server, count * rows // 1_000_000)  # type: ignore[arg-type]
    stage.fill()
    rate, waits = stage.backfill()
    aim = "" if rate >= LEAST else f", below the aim of {LEAST:,}"
    print(
        f"backfill of {stage.rows:,} rows: {rate:,.0f} rows/s{aim}; reader and writer p99 {waits.p99:.1f} ms,"
        f" longest {waits.longest:.0f} ms",
        flush=True,
    )


def _plans() -> None:
    for tables, aim in TABLES.items():
        taken = plan_seconds(tables)
        print(
            f"plan of one change, {tables:>5} tables: {taken * 1000:7.1f} ms (aim {aim * 1000:.0f})",
            flush=True,
        )
    print(f"bdc diff, 71 entities, a process of its own: {cold(71):.2f} s (aim {COLD})\n", flush=True)
