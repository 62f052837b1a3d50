"""Tables whose partitions a job makes at run time (`bdc.schema.rotation`). No migration knows these partitions by name: what is done to the table reaches
them, and what would have to name each one is refused."""

import re
from collections.abc import Iterable

from bdc.catalog import Database, Routine, Table
from bdc.ddl.names import Name, full
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.operation import Refusal
from bdc.plan.refusals import cannot_plan

_TABLE = re.compile(r"whole constant regclass := '((?:[^']|'')*)';")


def is_rotated(context: Context, table: Name) -> bool:
    """Whether a table has, or will have, partitions that a job has made."""
    names = {full(table), *(was for was, now in _renames(context).items() if now == full(table))}
    return bool(names & (rotated(context.old) | rotated(context.new)))


def was_rotated(context: Context, table: Name) -> bool:
    """Whether a table that is there may have such partitions."""
    names = {full(table), *(was for was, now in _renames(context).items() if now == full(table))}
    return not context.is_fresh(table) and bool(names & rotated(context.old))


def cannot_stop(context: Context, routine: Routine) -> Refusal | None:
    """Return why the function of a table cannot go; None where it is no such function, or its table goes or has another one."""
    was = _table_of(routine)
    if was is None:
        return None
    now = _renames(context).get(was, was)
    if now in rotated(context.new) or now not in {full(table.name) for table in context.new.tables}:
        return None
    return cannot_plan(
        now.removeprefix("public."),
        "partitions that the worker has made hold its rows, and no migration would know them any more",
        "keep `by`, and leave out `keep` where no row is to go; or make a new entity, move the rows, then remove this one",
    )


def cannot_archive(context: Context, table: Table) -> Refusal | None:
    """Return why the rows of a table are not kept when it goes."""
    if table.partition_by is None or not was_rotated(context, table.name):
        return None
    return cannot_plan(
        spelled(table.name),
        "the rows of partitions that the worker has made are not kept when the entity goes",
        "write `@discard` behind `dropped`, after the rows that matter were copied",
    )


def cannot_place(context: Context, table: Table) -> Refusal | None:
    """Return why a partition cannot be added, or take other rows: the worker may have made one for these rows."""
    default = (table.bound or "").lower() == "default"
    if table.parent is None or default or not was_rotated(context, table.parent):
        return None
    return cannot_plan(
        spelled(table.name),
        "the worker makes the partitions of its entity, and may have made one for these rows",
        "leave the partition out: `by` makes one for each period",
    )


def rotated(state: Database) -> set[str]:
    """Return the full names of tables whose partitions a job makes."""
    return {table for table in map(_table_of, rotations(state.routines)) if table is not None}


def rotations(routines: Iterable[Routine]) -> Iterable[Routine]:
    """Return the functions that make partitions."""
    return (each for each in routines if _table_of(each) is not None)


def _table_of(routine: Routine) -> str | None:
    if routine.name.schema != "app" or not routine.name.name.startswith("rotate_"):
        return None
    found = _TABLE.search(routine.definition)
    return found[1].replace("''", "'") if found is not None else None


def _renames(context: Context) -> dict[str, str]:
    """Return the full names of tables that are called otherwise."""
    return {_full(each.old): _full(each.new) for each in context.hints.renames if each.kind == "table"}


def _full(text: str) -> str:
    schema, _, own = text.rpartition(".")
    return full(Name(own, schema or None))
