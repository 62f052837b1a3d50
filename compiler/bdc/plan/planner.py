"""Two databases and what the specification says about them → the operations that lead from one to the other."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from bdc.catalog import Database
from bdc.catalog.lifting import lifted
from bdc.ddl.names import Name, full
from bdc.plan import refusals
from bdc.plan.compare import Change, ChangeKind, changes
from bdc.plan.context import Context
from bdc.plan.exchange import change_key, exchanged
from bdc.plan.guards import with_guards_off
from bdc.plan.hints import Hints
from bdc.plan.inheritance import changed_parents, without_inherited
from bdc.plan.name_clashes import name_clashes
from bdc.plan.object_matching import Identified, identify
from bdc.plan.operation import DataCheck, Planned, Refusal
from bdc.plan.operations.columns import columns, filling
from bdc.plan.operations.keys import checks, exclusions, foreign_keys, indexes, keys
from bdc.plan.operations.rights import policies, rights
from bdc.plan.operations.routines import opaque_objects as others
from bdc.plan.operations.routines import routines, triggers, views
from bdc.plan.operations.tables import comments, namespaces, sequences, table_attributes, tables
from bdc.plan.operations.types import column_swap as swap
from bdc.plan.operations.types import domains, enums
from bdc.plan.operations.types.members import stands_on
from bdc.plan.order import StepsWait, ordered
from bdc.plan.packing import pack
from bdc.plan.sql_identifiers import renamed_columns
from bdc.plan.standing import Key
from bdc.plan.step import Step
from bdc.plan.visibility import with_sight

Result = Step | Refusal
Planner = Callable[[Context, Change], Iterator[Result]]

_PLANNERS: dict[ChangeKind, Planner] = {
    "schema": namespaces.plan_schema,
    "extension": namespaces.plan_extension,
    "enum": enums.plan_enum,
    "domain": domains.plan_domain,
    "sequence": sequences.plan_sequence,
    "routine": routines.plan_routine,
    "view": views.plan_view,
    "comment": comments.plan_comment,
    "table": tables.plan_table,
    "column": columns.plan_column,
    "primary_key": keys.plan_primary_key,
    "unique": keys.plan_unique,
    "check": checks.plan_check,
    "foreign_key": foreign_keys.plan_foreign_key,
    "exclusion": exclusions.plan_exclusion,
    "index": indexes.plan_index,
    "trigger": triggers.plan_trigger,
    "row_security": table_attributes.plan_row_security,
    "options": table_attributes.plan_options,
    "unlogged": table_attributes.plan_unlogged,
    "partitioning": table_attributes.plan_partitioning,
    "partition_column": table_attributes.plan_partition_column,
}


def plan(old: Database, new: Database, hints: Hints = Hints()) -> Planned:  # noqa: B008 (frozen)
    """Return the operations from `old` to `new`, or the refusals. Pure: the same arguments give the same plan."""
    written, old, new = {table.name for table in old.tables}, lifted(old), lifted(new)
    of_sql = frozenset(table.name for table in old.tables if table.name not in written)
    same = identify(old, new, hints)
    context = Context(
        same.old, new, hints, same.dual, tuple(same.labels), same.replaced, same.equal, frozenset(same.remade)
    )
    exchange = exchanged(context)
    found = tuple(changes(same.old, new, same.equal))
    differ = without_inherited(same.old, new, found)
    open_ = (each for each in differ if change_key(each) not in exchange.done)
    results = [
        *name_clashes(context),
        *changed_parents(same.old, new, found),
        *same.steps,
        *exchange.results,
        *_results(context, open_, exchange.done),
    ]
    refused = (*hints.refusals, *(result for result in results if isinstance(result, Refusal)))
    if refused:
        return Planned(refusals=tuple(refusals.in_sql(each, of_sql) for each in refused))
    asked = (_asked(same, result) for result in results if isinstance(result, Step))
    steps = with_guards_off(context, with_sight(context, asked))
    try:
        return Planned(operations=pack(ordered(steps)))
    except StepsWait as stuck:
        return Planned(refusals=(_no_order(str(stuck)),))


def _no_order(steps: str) -> Refusal:
    why = "what changes in one place needs what changes in another, and that needs the first"
    return refusals.cannot_plan(
        steps, why, "make the change in two migrations: add what is new first, then take away the old"
    )


def _results(context: Context, found: Iterable[Change], done: set[Key]) -> Iterator[Result]:
    """Rights and policies of one table are planned together; everything else one by one."""
    together: dict[tuple[str, Name], list[Change]] = defaultdict(list)
    opaque: list[Change] = []
    for change in found:
        if change.kind == "other":
            opaque.append(change)
        elif change.table is not None and change.kind in ("policy", "right"):
            together[change.kind, change.table].append(change)
        elif change.kind == "foreign_key" and (refusal := foreign_keys.meant_otherwise(context, change)):
            yield refusal
        elif not _comes_along(context, change):
            yield from _planned(context, change)
        elif _leaves(context, change):
            yield from _left(context, change)
    yield from others.plan_others(
        context, opaque, frozenset(name for kind, _, name in done if kind == "other")
    )
    for (kind, table), mine in together.items():
        if kind == "policy":
            yield from policies.plan_policies(context, table, mine)
        else:
            kept = context.new_tables[table].rights
            yield from rights.plan_rights(rights.on_table(table), table, mine, kept=kept)
    yield from swap.plan_retyped(context)
    for table, column, before, after in context.labels:
        if table in context.old_tables and context.old_column(table, column) is not None:
            yield from filling.relabel(
                context, table, context.new_tables[table].column(column), before, after
            )


def _comes_along(context: Context, change: Change) -> bool:
    """Whether the change is part of that of a column's type."""
    retyped = _made_anew(context, change.table) if change.table is not None else frozenset()
    if change.kind == "foreign_key" and change.table is not None:
        return any(
            context.touches(change.table, each) for each in (change.old, change.new) if each is not None
        )
    return bool(retyped) and any(stands_on(each, retyped) for each in (change.old, change.new))


def _leaves(context: Context, change: Change) -> bool:
    """Whether it stood on a column of another type, and stands on others from now on: it goes with that column, and is made apart."""
    retyped = _made_anew(context, change.table) if change.table is not None else frozenset()
    there = change.old is not None and change.new is not None and change.kind != "foreign_key"
    return there and not stands_on(change.new, retyped)


def _left(context: Context, change: Change) -> Iterator[Result]:
    if change.kind == "primary_key":
        yield from _planned(context, replace(change, old=None))
        return
    yield refusals.cannot_plan(
        f"{change.table.name if change.table else ''}.{change.name}",
        "it leaves a column that gets another type, and keeps its name",
        "give it another name",
    )


def _made_anew(context: Context, table: Name) -> frozenset[str]:
    nothing: frozenset[str] = frozenset()
    return context.retyped.get(table, nothing) | context.regenerated.get(table, nothing)


def _planned(context: Context, change: Change) -> Iterator[Result]:
    planner = _PLANNERS.get(change.kind)
    if planner is None:
        yield refusals.cannot_plan(
            change.name, f"no operation changes this {change.kind}", "write this migration by hand"
        )
        return
    yield from planner(context, change)


def _asked(same: Identified, step: Step) -> Step:
    """Rows are asked about before anything is done: by the names that things have then."""
    if not step.checks or not (same.tables or same.columns):
        return step
    return replace(step, checks=tuple(_in_old_names(same, check) for check in step.checks))


def _in_old_names(same: Identified, check: DataCheck) -> DataCheck:
    sql, reads = check.sql, check.reads
    for (table, column), old in same.columns.items():
        sql = renamed_columns(sql, {column: old}) if full(table) in reads else sql
    for table, was in same.tables.items():
        sql = re.sub(rf"{re.escape(full(table))}(?![\w$])", full(was), sql)
        reads = tuple(full(was) if name == full(table) else name for name in reads)
    return check.model_copy(update={"sql": sql, "reads": reads})
