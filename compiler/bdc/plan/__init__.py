"""From one database to another: what has to run, in which order and in which transactions, so that no client is interrupted.

What comes in: two `Database`s (`bdc.catalog`) and `Hints`, what the specification says about renames, removals and backfills. What
goes out: `Planned`, operations in running order or the reasons why there are none; `edge` and `files` write them down. Deliberately
absent: the specification, connections, clocks, and the running itself (the emitted `database` package does that).
"""

from bdc.plan.edge import Edge, edge_of
from bdc.plan.files import migration_files
from bdc.plan.hints import Backfill, Hints, Removal, Rename
from bdc.plan.operation import Batch, DataCheck, Hazard, Operation, Planned, Refusal
from bdc.plan.planner import plan

__all__ = [
    "Backfill",
    "Batch",
    "DataCheck",
    "Edge",
    "Hazard",
    "Hints",
    "Operation",
    "Planned",
    "Refusal",
    "Removal",
    "Rename",
    "edge_of",
    "migration_files",
    "plan",
]
