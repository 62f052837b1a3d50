"""Triggers: a new one comes with the expansion, an old one goes with the contract, a changed one is exchanged in one transaction."""

from collections.abc import Iterator

from bdc.catalog import Trigger
from bdc.catalog.create import trigger_node
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import print_statement
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key
from bdc.plan.operation import Phase, Refusal
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step
from bdc.plan.words import mentions


def plan_trigger(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    if new is None:
        yield _drop(context, table, old)
    elif old is None:
        yield _create(context, table, new)
    elif _definition(old) != _definition(new):
        yield _replace(context, table, old, new)


def _definition(trigger: Trigger) -> Trigger:
    return trigger.model_copy(update={"comment": None})


def create_text(table: Name, trigger: Trigger) -> str:
    return print_statement(trigger_node(table, trigger))


def drop_text(table: Name, name: str) -> str:
    return f"drop trigger {quote(name)} on {full(table)};"


def is_there(table: Name, name: str, *, there: bool = True) -> str:
    negation = "" if there else "not "
    return (
        f"select {negation}exists (select from pg_trigger where tgrelid = to_regclass('{full(table)}')"
        f" and tgname = '{name}')"
    )


def _place(context: Context, table: Name, trigger: Trigger) -> tuple[Phase, int]:
    """A rule about a column that batches fill comes after them: it might refuse what they do."""
    late = mentions(trigger.definition, context.filled(table))
    return ("backfill", 40) if late else ("expand", 58)


def _create(context: Context, table: Name, trigger: Trigger) -> Step:
    phase, rank = _place(context, table, trigger)
    return Step(
        key=key("create-trigger", table, trigger.name),
        title=f"Trigger {trigger.name} of {spelled(table)}",
        phase=phase,
        rank=rank,
        statements=(create_text(table, trigger),),
        locks=context.locks(SHARE_ROW_EXCLUSIVE if trigger.enabled == "origin" else ACCESS_EXCLUSIVE, table),
        done=is_there(table, trigger.name),
        undo=(drop_text(table, trigger.name),),
    )


def _drop(context: Context, table: Name, trigger: Trigger) -> Step:
    return Step(
        key=key("drop-trigger", table, trigger.name),
        title=f"Trigger {trigger.name} of {spelled(table)} goes",
        phase="contract",
        rank=15,
        statements=(drop_text(table, trigger.name),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        done=is_there(table, trigger.name, there=False),
        undo=(create_text(table, trigger),),
    )


def _replace(context: Context, table: Name, old: Trigger, new: Trigger) -> Step:
    phase, rank = _place(context, table, new)
    return Step(
        key=key("replace-trigger", table, new.name),
        title=f"Trigger {new.name} of {spelled(table)} changes",
        phase=phase,
        rank=rank,
        statements=(drop_text(table, old.name), create_text(table, new)),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        undo=(drop_text(table, new.name), create_text(table, old)),
    )
