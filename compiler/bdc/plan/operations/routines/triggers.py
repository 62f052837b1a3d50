"""Triggers: a new one comes with the expansion, an old one goes with the contract, a changed one is exchanged in one transaction.

Those that refuse writes turn it round: while the version that was there runs, nothing is refused that it may write. A new one comes with
the contract, an old one goes with the expansion, and until the contract a changed one refuses what both of its conditions refuse.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Trigger
from bdc.catalog.create import trigger_node
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import print_statement
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.guards import REFUSING
from bdc.plan.hints import spelled
from bdc.plan.making import key
from bdc.plan.operation import Phase, Refusal
from bdc.plan.sql_identifiers import mentions
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step

_LATE = 16
_WHEN = re.compile(
    r"(?P<head>create trigger .*?\n  when \()(?P<when>.*)(?P<tail>\)\n  execute function [^\n]*)", re.DOTALL
)


def plan_trigger(context: Context, change: Change) -> Iterator[Step | Refusal]:
    table, old, new = change.table, change.old, change.new
    assert table is not None
    refuses = context.is_calm(table) and any(_refuses(each) for each in (old, new) if each is not None)
    if new is None:
        step = _drop(context, table, old)
        yield replace(step, phase="expand", rank=58) if refuses else step
    elif old is None:
        step = _create(context, table, new)
        yield replace(step, phase="contract", rank=_LATE) if refuses else step
    elif _definition(old) == _definition(new):
        return
    elif refuses:
        yield from _exchange(context, table, old, new)
    else:
        yield _replace(context, table, old, new)


def _refuses(trigger: Trigger) -> bool:
    """Whether all that a trigger of the specification does is to refuse: SQL of the user may do anything."""
    function = trigger.function
    if function is None or function.schema != "app":
        return False
    return function.name in REFUSING or function.name.endswith("_grant")


def _exchange(context: Context, table: Name, old: Trigger, new: Trigger) -> Iterator[Step]:
    """Late where it refuses more, early where it refuses less, and in two steps where it does both."""
    named = (spelled(table), new.name)
    late = replace(_replace(context, table, old, new), phase="contract", rank=_LATE)
    if named in context.hints.late:
        yield late
        return
    both = None if named in context.hints.early else _refused_by_both(old, new)
    if both is None:
        yield _replace(context, table, old, new)
        return
    first = _replace(context, table, old, both)
    yield replace(first, title=f"{first.title}: until the contract it refuses what both conditions refuse")
    last = _replace(context, table, both, new)
    yield replace(
        last,
        key=key("settle-trigger", table, new.name),
        title=f"Trigger {new.name} of {spelled(table)} refuses by its new condition",
        phase="contract",
        rank=_LATE,
    )


def _refused_by_both(old: Trigger, new: Trigger) -> Trigger | None:
    """Return the trigger that refuses what both do; None where the texts are not those that the specification makes."""
    before, after = _WHEN.fullmatch(old.definition), _WHEN.fullmatch(new.definition)
    if before is None or after is None or before["head"] != after["head"]:
        return None
    when = f"({before['when']})\n    and ({after['when']})"
    return new.model_copy(update={"definition": f"{after['head']}{when}{after['tail']}"})


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
