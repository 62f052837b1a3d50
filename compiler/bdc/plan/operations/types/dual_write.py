"""A column under a new name, while the old code writes the old one: both are there, each follows the other, until the contract."""

from collections.abc import Iterator

from bdc.catalog import Column
from bdc.catalog.create import column_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import column_text, literal
from bdc.plan import probes
from bdc.plan.context import Context
from bdc.plan.hazards import MOVED
from bdc.plan.making import alter, key, member
from bdc.plan.operation import Hazard, Refusal
from bdc.plan.operations.columns import archive
from bdc.plan.operations.columns.filling import fill, visible
from bdc.plan.operations.columns.required import left_empty, require
from bdc.plan.operations.columns.sync_triggers import of_row, sync_texts, unsync_texts
from bdc.plan.operations.columns.values import default_text
from bdc.plan.operations.types.conversions import cast_of, conversion
from bdc.plan.operations.types.fitting import fits, guarded, settle
from bdc.plan.operations.types.reshape import value_checks
from bdc.plan.operations.types.retype import unfit
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.typing_rules import differ, same_type
from bdc.plan.value_texts import shifted


def rename_dually(context: Context, table: Name, old: Column, new: Column) -> Iterator[Step | Refusal]:
    """Yield the steps from the column `old` to the column `new`, which may be of another type, or hold other values."""
    change = context.value_change(table, old, new)
    yield from change.refusals if change is not None else ()
    asked = value_checks(context, table, old, change) if change is not None else ()
    if change is not None and change.archive:
        yield archive.archive_column(context, context.old_tables[table], old)
    forth, back = conversions(context, table, old, new)
    fitting = fits(context, table, old, new)
    asked = (*asked, *unfit(context, table, old, new))
    forth = guarded(old, forth, fitting)
    agree = of_row(forth, (old.name,)), of_row(back, (new.name,))
    defaulted = new.default is not None and old.default is None
    unlike = differ(f"new.{quote(new.name)}", agree[0], new.type)
    body = _body(old, new, *agree, unlike)
    sync = sync_texts(table, new.name, body, "insert or update", "" if defaulted else unlike)
    bare = new.model_copy(update={"not_null": False, "default": None})
    yield Step(
        key=key("add-column", table, new.name),
        title=f"{member(table, old.name)} is also called {new.name}: each follows the other",
        phase="expand",
        rank=25,
        statements=(alter(table, f"add column {column_text(column_def(bare))}"), *sync),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        makes=frozenset({f"column {full(table)} {new.name}"}),
        done=probes.column_exists(table, new.name),
        ready=probes.column_exists(table, new.name, exists=False),
        checks=(*asked, *left_empty(context, table, old, new, forth)),
        undo=(*unsync_texts(table, new.name), alter(table, f"drop column {quote(new.name)}")),
    )
    yield fill(context, table, new.name, forth, differ(quote(new.name), forth, new.type))
    if fitting is not None:
        yield settle(context, table, old, new.name, forth, fitting)
    if new.not_null:
        yield from require(context, table, new.name, "contract")
    yield _end(context, table, old, new, back, sync)


def conversions(context: Context, table: Name, old: Column, new: Column) -> tuple[str, str]:
    """Return what the new column is, over the columns of the row, and what the old one is."""
    back = quote(new.name) if same_type(old.type, new.type) else cast_of(context.new, context.old, new, old)
    labels = tuple(
        (before, after)
        for owner, column, before, after in context.labels
        if (owner, column) == (table, new.name)
    )
    if labels and not new.type.endswith("[]"):
        forth = conversion(context, table, old, new)
        known = " ".join(check.condition for check in context.old_tables[table].checks)
        again = tuple((after, before) for before, after in labels if literal(after) not in known)
        return replaced(forth, labels), replaced(back, again)
    change = context.value_change(table, old, new)
    if change is not None and change.shift is not None and same_type(old.type, new.type):
        back = shifted(back, change.shift, "old")
    return conversion(context, table, old, new), back


def replaced(value: str, labels: tuple[tuple[str, str], ...]) -> str:
    """Return the SQL of a text with other values in the place of some."""
    if not labels:
        return value
    cases = " ".join(f"when {literal(before)} then {literal(after)}" for before, after in labels)
    return f"case {value} {cases} else {value} end"


def _body(old: Column, new: Column, forth: str, back: str, unlike: str) -> str:
    """A write of the new column wins: an old one beside it has only its default."""
    here, there = quote(new.name), quote(old.name)
    given = ""
    if new.default is not None and old.default is None:
        given = f"    if new.{here} is null then\n      new.{here} := {new.default};\n    end if;\n"
    return (
        f"  if tg_op = 'INSERT' then\n"
        f"    if new.{here} is null then\n      new.{here} := {forth};\n    end if;\n"
        f"{given}"
        f"    if {unlike} then\n      new.{there} := {back};\n    end if;\n"
        f"  elsif {differ(f'new.{here}', f'old.{here}', new.type)} then\n"
        f"    if {unlike} then\n      new.{there} := {back};\n    end if;\n"
        f"  elsif {differ(f'new.{there}', f'old.{there}', old.type)} then\n    new.{here} := {forth};\n"
        f"  end if;"
    )


def _end(context: Context, table: Name, old: Column, new: Column, back: str, sync: tuple[str, ...]) -> Step:
    """Column and trigger go in one transaction: a trigger that speaks of a column that is gone refuses every write."""
    bare = old.model_copy(update={"not_null": False, "default": None})
    default = (default_text(table, new),) if new.default is not None else ()
    undefault = (alter(table, f"alter column {quote(new.name)} drop default"),) if default else ()
    again = [alter(table, f"add column {column_text(column_def(bare))}")]
    again += visible(context, table, f"update {full(table)} set {quote(old.name)} = {back};")
    again += [default_text(table, old)] if old.default is not None else []
    again += [alter(table, f"alter column {quote(old.name)} set not null")] if old.not_null else []
    return Step(
        key=key("drop-column", table, old.name),
        title=f"{member(table, new.name)} is no longer also called {old.name}",
        phase="contract",
        rank=52,
        statements=(
            *unsync_texts(table, new.name),
            alter(table, f"drop column {quote(old.name)}"),
            *default,
        ),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        alone=True,
        done=probes.column_exists(table, old.name, exists=False),
        undo=(*again, *undefault, *sync),
        hazards=(
            Hazard(
                code="DROP_COLUMN",
                object=member(table, old.name),
                message=MOVED.format(new.name),
            ),
        ),
    )
