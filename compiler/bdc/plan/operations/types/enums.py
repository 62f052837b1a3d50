"""Native enums. A value is added in a transaction of its own, as it cannot be used in the one that adds it."""

from collections.abc import Iterator
from itertools import pairwise

from bdc.catalog import EnumType
from bdc.ddl.names import full
from bdc.ddl.nodes import CreateEnum
from bdc.ddl.printer import literal, print_statement
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations.tables.comments import object_comment
from bdc.plan.operations.types.retire import no_way_back, plan_retirement, without_labels
from bdc.plan.refusals import removed_unsaid
from bdc.plan.step import Step


def plan_enum(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        yield from _drop(context, old)
    elif old is None:
        yield _create(new)
    else:
        yield from _labels(context, old, new)
        yield from object_comment("type", new.name, old.comment, new.comment)


def _create(enum: EnumType) -> Step:
    return Step(
        key=key("create-enum", enum.name),
        title=f"Enum {spelled(enum.name)}",
        phase="expand",
        rank=14,
        statements=(print_statement(CreateEnum(enum.name, enum.labels)),),
        undo=(f"drop type {full(enum.name)};",),
    )


def _drop(context: Context, enum: EnumType) -> Iterator[Step | Refusal]:
    if context.removal_of("enum", enum.name) is None:
        yield removed_unsaid("enum", "", spelled(enum.name))
        return
    yield Step(
        key=key("drop-enum", enum.name),
        title=f"Enum {spelled(enum.name)} goes",
        phase="contract",
        rank=75,
        statements=(f"drop type {full(enum.name)};",),
        undo=(print_statement(CreateEnum(enum.name, enum.labels)),),
        hazards=(
            Hazard(code="DROP_TYPE", object=spelled(enum.name), message="nothing has this type any more"),
        ),
    )


def _labels(context: Context, old: EnumType, new: EnumType) -> Iterator[Step | Refusal]:
    if old.labels == new.labels:
        return
    removed = [label for label in old.labels if label not in new.labels]
    unsaid = [
        label
        for label in removed
        if context.removal("enum value", new.name, label) is None
        and (new.name, label) not in context.replaced
    ]
    for label in unsaid:
        yield removed_unsaid("value", spelled(new.name), label)
    if unsaid:
        return
    retired = new.name in context.remade
    yield from _added_labels(context, old, new, retired=retired)
    if retired:
        yield from plan_retirement(context, old, new)


def _added_labels(context: Context, old: EnumType, new: EnumType, *, retired: bool) -> Iterator[Step]:
    """Yield one step for each value that is new, each with its place said. The way back is that of the first."""
    kept = no_way_back(context, old.name)
    back = () if retired or kept is not None else without_labels(context, old, new)
    known = set(old.labels)
    first = next((label for label in new.labels if label in known), None)
    for before, label in pairwise((None, *new.labels)):
        if label in known or label is None:
            continue
        place = (
            f"after {literal(before)}"
            if before in known and before is not None
            else f"before {literal(first or '')}"
        )
        known.add(label)
        yield Step(
            key=key("add-enum-value", new.name, label),
            title=f"{spelled(new.name)} may be {label}",
            phase="expand",
            rank=15,
            statements=(f"alter type {full(new.name)} add value {literal(label)} {place};",),
            alone=True,
            done=f"select {literal(label)} in (select enumlabel from pg_enum where enumtypid = to_regtype({literal(full(new.name))}))",
            undo=back,
            irreversible=None if retired else kept,
        )
        back = ()
