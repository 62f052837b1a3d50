"""What a table is beside its members: row level security, storage, its place among partitions."""

from collections.abc import Iterator

from bdc.catalog import Table
from bdc.ddl.names import full
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, blocks, key
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.raw_access import hidden_from
from bdc.plan.refusals import cannot_plan
from bdc.plan.rotation import cannot_place
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Step


def plan_row_security(context: Context, change: Change) -> Iterator[Step | Refusal]:
    """After the policies are there: a table that is closed without them allows no access."""
    table = change.table
    assert table is not None

    def texts(state: tuple[bool, bool]) -> tuple[str, ...]:
        enabled, forced = state
        return (
            alter(table, f"{'enable' if enabled else 'disable'} row level security"),
            alter(table, f"{'force' if forced else 'no force'} row level security"),
        )

    yield Step(
        key=key("row-security", table),
        title=f"Row level security of {spelled(table)} is {'on' if change.new[0] else 'off'}",
        phase="expand",
        rank=61,
        statements=texts(change.new),
        locks=context.locks_one(ACCESS_EXCLUSIVE, table),
        undo=texts(change.old),
        hazards=(
            Hazard(code="ROW_SECURITY", object=spelled(table), message="who sees which rows changes"),
            *(hidden_from(context, table) if change.new[0] else ()),
        ),
    )


def plan_options(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table = change.table
    assert table is not None
    yield Step(
        key=key("set-options", table),
        title=f"Storage of {spelled(table)}",
        phase="expand",
        rank=72,
        statements=_options(change.old, change.new, context, change),
        locks=context.locks_one(SHARE_UPDATE_EXCLUSIVE, table),
        undo=_options(change.new, change.old, context, change),
    )


def _options(old: str, new: str, context: Context, change: Change) -> tuple[str, ...]:
    assert change.table is not None
    names = {part.partition("=")[0].strip() for part in new.split(",")}
    gone = [part.partition("=")[0].strip() for part in old.split(",") if part.strip()]
    gone = [name for name in gone if name not in names]
    found = [alter(change.table, f"set ({new})")] if new else []
    return (*found, *((alter(change.table, f"reset ({', '.join(gone)})"),) if gone else ()))


def plan_unlogged(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table = change.table
    assert table is not None
    names = {True: "unlogged", False: "logged"}
    yield Step(
        key=key("set-logged", table),
        title=f"{spelled(table)} is {names[change.new]}",
        phase="contract",
        rank=58,
        statements=(alter(table, f"set {names[change.new]}"),),
        locks=context.locks_one(ACCESS_EXCLUSIVE, table),
        scans={full(table): "rewrite"},
        alone=True,
        statement_timeout=0,
        undo=(alter(table, f"set {names[change.old]}"),),
        hazards=(blocks(spelled(table), "the table is written anew while everybody waits"),),
    )


def plan_partitioning(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if old.partition_by != new.partition_by:
        yield cannot_plan(
            spelled(new.name),
            "a table that holds rows becomes partitioned, or is partitioned otherwise",
            "make a new table, partitioned as it should be, move the rows, then remove the old one",
        )
        return
    refused = cannot_place(context, new)
    if refused is not None:
        yield refused
        return
    forth = (*_detach(old), *_attach(new))
    back = (*_detach(new), *_attach(old))
    parents = [table.parent for table in (old, new) if table.parent is not None]
    yield Step(
        key=key("place-partition", new.name),
        title=f"{spelled(new.name)} holds other rows of its parent"
        if new.parent
        else f"{spelled(new.name)} is no partition",
        phase="expand" if old.parent is None else "contract",
        rank=58,
        statements=forth,
        locks=context.locks(ACCESS_EXCLUSIVE, *dict.fromkeys((*parents, new.name))),
        scans={full(new.name): "read"} if new.parent else {},
        alone=True,
        statement_timeout=0,
        undo=back,
        hazards=(blocks(spelled(new.name), "the rows of the partition are checked while everybody waits"),),
    )


def _detach(table: Table) -> tuple[str, ...]:
    return (alter(table.parent, f"detach partition {full(table.name)}"),) if table.parent else ()


def _attach(table: Table) -> tuple[str, ...]:
    return (
        (alter(table.parent, f"attach partition {full(table.name)} {table.bound}"),) if table.parent else ()
    )


def plan_partition_column(context: Context, change: Change) -> Iterator[Step | Refusal]:
    yield cannot_plan(
        spelled(change.new.name),
        "a partition has columns that say other things than those of its parent",
        "say it of the parent",
    )
