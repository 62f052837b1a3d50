"""Exclusion constraints: PostgreSQL has no way to make one beside the work of others."""

from collections.abc import Iterator

from bdc.catalog import Exclusion
from bdc.catalog.create import exclusion_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import constraint_text
from bdc.plan import probes
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.making import alter, blocks, key, member
from bdc.plan.operation import Refusal
from bdc.plan.operations.keys.collisions import collisions
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def plan_exclusion(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        yield _drop(context, table, old)
    elif old is None or _definition(old) != _definition(new):
        yield _set(context, table, old, new)


def _definition(found: Exclusion) -> Exclusion:
    return found.model_copy(update={"comment": None})


def _add_text(table: Name, found: Exclusion) -> str:
    return alter(table, f"add {constraint_text(exclusion_def(found))}")


def _drop_text(table: Name, found: Exclusion) -> str:
    return alter(table, f"drop constraint {quote(found.name)}")


def _set(context: Context, table: Name, old: Exclusion | None, new: Exclusion) -> Step:
    gone = () if old is None else (_drop_text(table, old),)
    back = () if old is None else (_add_text(table, old),)
    return Step(
        key=key("set-exclusion", table, new.name),
        title=f"Rows of {table.name} exclude each other by {new.name}",
        phase="contract",
        rank=31,
        statements=(*gone, _add_text(table, new)),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        scans={full(each): "read" for each in context.leaves(table)},
        alone=True,
        statement_timeout=0,
        done=probes.constraint_exists(table, new.name) if old is None else None,
        checks=collisions(context, table, new),
        undo=(_drop_text(table, new), *back),
        hazards=(blocks(member(table, new.name), "readers and writers wait while its index is built"),),
    )


def _drop(context: Context, table: Name, found: Exclusion) -> Step:
    return Step(
        key=key("drop-exclusion", table, found.name),
        title=f"Rows of {table.name} are no longer held to {found.name}",
        phase="expand",
        rank=70,
        statements=(_drop_text(table, found),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=probes.constraint_exists(table, found.name, exists=False),
        undo=(_add_text(table, found),),
    )
