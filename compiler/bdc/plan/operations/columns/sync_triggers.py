"""Triggers that live from the expansion to the contract: they keep two columns in step, or fill what the old code does not know."""

import re
from collections.abc import Iterable, Iterator

from bdc.catalog import Column
from bdc.ddl.names import Name, full, quote
from bdc.plan.context import Context
from bdc.plan.making import key, member, passing
from bdc.plan.operation import Hazard
from bdc.plan.operations.columns.filling import fill_missing
from bdc.plan.sql_identifiers import words
from bdc.plan.step import ACCESS_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, Step

# A name, and what it is cast to.
_CASTS = r'(?:::(?:"[^"]+"|[a-z_][\w.]*)(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?)*'
_PLAIN = re.compile(rf'(\(?)("(?:[^"]|"")+"|[a-z_][\w$]*)({_CASTS}\)?{_CASTS})')


def trigger_name(column: str) -> str:
    """Triggers fire in the order of their names: this one after those that decide what the row holds."""
    return passing(f"zz_{column}", "sync")


def function_name(table: Name, column: str) -> Name:
    return Name(passing(f"{table.name}_{column}", "sync"), table.schema)


def sync_texts(table: Name, column: str, body: str, events: str, when: str = "") -> tuple[str, ...]:
    """Return the statements that make function and trigger. `when`: the condition without which there is nothing to do, left out
    where a trigger cannot have it: PostgreSQL judges it without calling the function."""
    function = full(function_name(table, column))
    condition = f"\n  when ({when})" if when and not _asks(when) else ""
    return (
        f"create function {function}() returns trigger language plpgsql set search_path = public, pg_temp as $sync$\n"
        f"begin\n{body}\n  return new;\nend\n$sync$;",
        f"create trigger {quote(trigger_name(column))} before {events} on {full(table)}\n"
        f"  for each row{condition} execute function {function}();",
    )


def unsync_texts(table: Name, column: str, *, maybe: bool = False) -> tuple[str, ...]:
    """Return the statements that take both away; with `maybe`, where they are there."""
    there = "if exists " if maybe else ""
    return (
        f"drop trigger {there}{quote(trigger_name(column))} on {full(table)};",
        f"drop function {there}{full(function_name(table, column))}();",
    )


def of_row(expression: str, columns: Iterable[str]) -> str:
    """Return what `expression`, over the `columns` of a row, is for the row that is being written. A column alone, or a cast one, is
    taken from the row itself, for a tenth of the time."""
    plain = _PLAIN.fullmatch(expression)
    if plain is not None and plain[2] in {quote(column) for column in columns}:
        return f"{plain[1]}new.{plain[2]}{plain[3]}"
    return f"(select ({expression}) from (select new.*) as written)"


def _asks(expression: str) -> bool:
    return "select" in {word.lower() for word in words(expression)}


def fill_on_insert(context: Context, table: Name, column: Column, expression: str) -> Iterator[Step]:
    """Yield what gives the old code's rows their value. An expression that asks other tables is not for a trigger, which runs with
    the rights of the writer: those rows are filled again with the contract."""
    if _asks(expression):
        yield fill_missing(context, table, column.name, expression, "contract")
        return
    name = quote(column.name)
    value = of_row(expression, (each.name for each in context.new_tables[table].columns))
    body = f"  new.{name} := {value};"
    made = sync_texts(table, column.name, body, "insert", f"new.{name} is null")
    gone = unsync_texts(table, column.name)
    yield Step(
        key=key("fill-on-insert", table, column.name),
        title=f"Rows that the old code writes get their {column.name}",
        phase="expand",
        rank=27,
        statements=made,
        locks=context.locks(SHARE_ROW_EXCLUSIVE, table),
        undo=gone,
    )
    yield Step(
        key=key("stop-filling", table, column.name),
        title=f"Whoever writes {member(table, column.name)} knows it",
        phase="contract",
        rank=48,
        statements=gone,
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        undo=made,
        hazards=(
            Hazard(
                code="NEW_CODE_ONLY", object=member(table, column.name), message="the old code cannot write"
            ),
        ),
    )
