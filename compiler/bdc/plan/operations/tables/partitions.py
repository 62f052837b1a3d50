"""A partition beside the one that holds whatever no other does. PostgreSQL would read that one under its lock for rows of the new one;
where a check that was proved before says that it has none, it does not."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Check, Table
from bdc.ddl.names import Name, full, quote
from bdc.diagnostics.catalogue.plan import IN_THE_DEFAULT_PARTITION
from bdc.plan import probes
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import alter, blocks, constraint, key, member, passing
from bdc.plan.operation import DataCheck, Hazard
from bdc.plan.operations.columns.filling import visible
from bdc.plan.operations.keys.checks import unproved_text, validate
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.worded import data_check

_COLUMN = re.compile(r'(?:range|list) \(((?:"(?:[^"]|"")+")|[a-z_][\w$]*)\)', re.IGNORECASE)
_VALUE = r"(?:cast\('(?:[^']|'')*' as [\w ]+\)|'(?:[^']|'')*'|[-+\w.]+)"
_RANGE = re.compile(rf"for values from \(({_VALUE})\) to \(({_VALUE})\)", re.IGNORECASE)
_LIST = re.compile(rf"for values in \(({_VALUE}(?:, ?{_VALUE})*)\)", re.IGNORECASE)


def rest_of(context: Context, table: Table) -> Table | None:
    """Return the partition that is there and holds whatever no other does."""
    if table.parent is None:
        return None
    beside = (each for each in context.old.tables if each.parent == table.parent)
    return next((each for each in beside if (each.bound or "").lower() == "default"), None)


def beside_rest(context: Context, table: Table, rest: Table, made: Step) -> Iterator[Step]:
    """Yield the steps around `made`, which makes the partition `table` while `rest` is there."""
    proofs = tuple(_rule_out(context, table, rest))
    locks = {**made.locks, **context.locks_one(ACCESS_EXCLUSIVE, rest.name)}
    made = replace(made, locks=locks, undo=_given_back(context, table))
    if not proofs:
        read = blocks(spelled(rest.name), "it is read for rows of the new partition")
        yield replace(made, scans={full(rest.name): "read"}, statement_timeout=0, hazards=(read,))
        return
    yield from proofs
    judged = _check_name(table.name)
    yield replace(
        made,
        statements=(*made.statements, alter(rest.name, f"drop constraint {quote(judged)}")),
        needs=made.needs | {constraint(rest.name, judged)},
        hazards=(together(rest.name),),
    )


def together(rest: Name) -> Hazard:
    return Hazard(
        code="LOCKS_TABLES", object=spelled(rest), message="it is locked with the partition beside it"
    )


def _check_name(table: Name) -> str:
    return passing(table.name, "not_here")


def _rule_out(context: Context, table: Table, rest: Table) -> Iterator[Step]:
    """Yield what proves that `rest` has no rows of the new partition `table`; nothing where its bound is not understood."""
    outside = _outside(context, table)
    if outside is None or rest.partition_by is not None:
        return
    check = Check(name=_check_name(table.name), condition=outside)
    yield Step(
        key=key("rule-out", rest.name, check.name),
        title=f"{spelled(rest.name)} takes no more rows of {spelled(table.name)}",
        phase="expand",
        rank=26,
        statements=(alter(rest.name, unproved_text(check)),),
        locks=context.locks(ACCESS_EXCLUSIVE, rest.name),
        makes=frozenset({constraint(rest.name, check.name)}),
        done=f"select ({probes.constraint_exists(rest.name, check.name)}) or ({probes.table_exists(table.name)})",
        checks=(_belonging(table, rest, outside),),
        undo=(alter(rest.name, f"drop constraint if exists {quote(check.name)}"),),
        hazards=(
            Hazard(
                code="ROWS_REFUSED",
                object=spelled(table.name),
                message=f"until it is there, {spelled(rest.name)} refuses rows that belong to it",
            ),
        ),
    )
    yield validate(context, rest.name, check.name, "expand", 28)


def _given_back(context: Context, table: Table) -> tuple[str, ...]:
    """Return what drops a partition on the way back: its rows are those of the whole, and go where they went before."""
    parent = table.parent
    assert parent is not None
    before, after = context.old_tables[parent], context.new_tables[parent]
    computed = {each.name for each in (*before.columns, *after.columns) if each.generated is not None}
    names = dict.fromkeys(each.name for each in (*before.columns, *after.columns))
    listed = ", ".join(quote(name) for name in names if name not in computed)
    moved = f"insert into {full(parent)} ({listed}) overriding system value select {listed} from {full(table.name)};"
    return (
        alter(parent, f"detach partition {full(table.name)}"),
        alter(table.name, "no force row level security"),
        *visible(context, parent, moved),
        f"drop table {full(table.name)};",
    )


def _belonging(table: Table, rest: Table, outside: str) -> DataCheck:
    rows = f"from {full(rest.name)} where not ({outside})"
    return data_check(
        IN_THE_DEFAULT_PARTITION,
        member(rest.name, table.name.name),
        sql=f"select count(*) {rows}",
        reads=(full(rest.name),),
        table=rest.name.name,
        partition=table.name.name,
        query=f"select * {rows}",
    )


def _outside(context: Context, table: Table) -> str | None:
    """Return the condition of rows that are none of the partition's; None for several columns, and for expressions."""
    parent = context.old_tables.get(table.parent) if table.parent is not None else None
    column = _COLUMN.fullmatch(parent.partition_by or "") if parent is not None else None
    ends, values = _RANGE.fullmatch(table.bound or ""), _LIST.fullmatch(table.bound or "")
    if column is None:
        return None
    if ends is not None:
        return _outside_range(column[1], ends[1], ends[2])
    return (
        _outside_list(column[1], re.findall(_VALUE, values[1], re.IGNORECASE)) if values is not None else None
    )


def _outside_range(column: str, low: str, high: str) -> str:
    terms = [f"{column} is null"]
    terms += [] if low.lower() == "minvalue" else [f"{column} < {low}"]
    terms += [] if high.lower() == "maxvalue" else [f"{column} >= {high}"]
    return " or ".join(terms)


def _outside_list(column: str, values: list[str]) -> str:
    listed = [value for value in values if value.lower() != "null"]
    other = f"{column} not in ({', '.join(listed)})"
    if len(listed) == len(values):
        return f"{column} is null or {other}"
    return f"{column} is not null and {other}" if listed else f"{column} is not null"
