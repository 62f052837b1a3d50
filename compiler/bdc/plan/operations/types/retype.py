"""A column of another type. What only the catalog has to know is done at once; anything else would write the table anew under a
lock: so a second column is kept in step by a trigger, filled in batches, and takes the name in the contract (`swap`)."""

from collections.abc import Iterator

from bdc.catalog import Column, Database, Table
from bdc.catalog.create import column_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.printer import column_text
from bdc.diagnostics.catalogue.plan import DOES_NOT_FIT
from bdc.plan.context import Context
from bdc.plan.dependents import around_column
from bdc.plan.making import alter, blocks, key, member
from bdc.plan.operation import DataCheck, Hazard
from bdc.plan.operations.columns.required import left_empty
from bdc.plan.operations.columns.values import value_texts
from bdc.plan.operations.keys.collisions import collisions
from bdc.plan.operations.keys.duplicates import duplicates
from bdc.plan.operations.keys.key_texts import index_of
from bdc.plan.operations.types.conversions import cast_of, conversion
from bdc.plan.operations.types.fitting import fits
from bdc.plan.operations.types.members import add_texts, drop_texts, members_on, said_texts
from bdc.plan.sql_identifiers import speaks_of
from bdc.plan.step import ACCESS_EXCLUSIVE, Step
from bdc.plan.typing_rules import has_cast, is_alike, is_wider, own_type
from bdc.plan.worded import data_check


def widen(context: Context, table: Name, old: Column, new: Column) -> Step:
    """Views, policies and triggers hold on to a column's type: they step aside within the transaction."""
    around = around_column(context.old, table, [new.name])
    change = f"alter column {quote(new.name)} type "
    return Step(
        key=key("widen", table, new.name),
        title=f"{member(table, new.name)} is {new.type}",
        phase="expand",
        rank=22,
        statements=(*around.before, alter(table, change + new.type), *around.after),
        locks={
            **context.locks(ACCESS_EXCLUSIVE, table),
            **context.locks_one(ACCESS_EXCLUSIVE, *around.tables),
            **around.locks,
        },
        alone=True,
        undo=(
            *around.before,
            alter(table, change + f"{old.type} using {quote(new.name)}::{old.type}"),
            *around.after,
        ),
        hazards=around.hazards,
    )


def unfit(context: Context, table: Name, old: Column, new: Column) -> tuple[DataCheck, ...]:
    """Rows whose value is none of the new type."""
    fitting = fits(context, table, old, new)
    if fitting is None:
        return ()
    where = f"{quote(old.name)} is not null and not ({fitting})"
    return (
        data_check(
            DOES_NOT_FIT,
            member(table, new.name),
            sql=f"select count(*) from {full(table)} where {where}",
            reads=(full(table),),
            table=table.name,
            column=new.name,
            type=new.type,
            query=f"select * from {full(table)} where {where}",
        ),
    )


def at_once(context: Context, table: Name, columns: list[tuple[Column, Column]]) -> Step:
    """For what no second column can stand in for."""
    before, after = context.old_tables[table], context.new_tables[table]
    changed = [(old, new, conversion(context, table, old, new)) for old, new in columns]
    named = ", ".join(new.name for _, new in columns)
    return Step(
        key=key("retype", table, *(new.name for _, new in columns)),
        title=f"{member(table, named)}: another type",
        phase="contract",
        rank=45,
        statements=tuple(direct_texts(context.new, before, after, changed)),
        locks={
            **context.locks(ACCESS_EXCLUSIVE, table),
            **around_column(
                context.new, table, _touched(before, after, [new.name for _, new in columns])
            ).locks,
        },
        scans={full(each): "rewrite" for each in context.leaves(table)},
        alone=True,
        statement_timeout=0,
        checks=(
            *(
                check
                for old, new, expression in changed
                for check in (
                    *unfit(context, table, old, new),
                    *left_empty(context, table, old, new, expression),
                )
            ),
            *_in_each_others_way(context, after, columns),
        ),
        undo=tuple(direct_texts(context.new, after, before, way_back(context, columns))),
        hazards=(
            blocks(member(table, named), "the table is written anew while everybody waits"),
            *narrowing(table, columns),
            *unlike(context, table, columns),
        ),
    )


def _in_each_others_way(
    context: Context, after: Table, columns: list[tuple[Column, Column]]
) -> Iterator[DataCheck]:
    """Yield what asks whether rows that differ now are alike in the new types: keys and exclusions are made again with them. A wider
    type keeps values apart, so that only what is new is asked about."""
    before = context.old_tables[after.name]
    found = members_on(after, [new.name for _, new in columns])
    wider = all(is_wider(old.type, new.type) for old, new in columns)
    there = {each.name for each in before.exclusions} | {each.name for each in before.uniques}
    there = (there | {each.name for each in before.indexes}) if wider else set()
    for exclusion in found.exclusions:
        if exclusion.name not in there:
            yield from collisions(context, after.name, exclusion)
    primary = [found.primary_key] if found.primary_key is not None and not wider else []
    built = [index_of(each, each.name) for each in (*primary, *found.uniques)]
    for index in (*built, *found.indexes):
        if index.name not in there:
            yield from duplicates(context, after.name, index)


def way_back(context: Context, columns: list[tuple[Column, Column]]) -> list[tuple[Column, Column, str]]:
    return [(new, old, cast_of(context.new, context.old, new, old)) for old, new in columns]


def has_way_back(context: Context, table: Name, columns: list[tuple[Column, Column]]) -> bool:
    """Whether values that were given by hand can be read as the old type: of a duration no number can be made."""
    return all(
        has_cast(_base(context, new.type), _base(context, old.type)) or not context.replaces(table, new.name)
        for old, new in columns
    )


def unlike(context: Context, table: Name, columns: list[tuple[Column, Column]]) -> tuple[Hazard, ...]:
    """Return the hazards of columns that the new version can only work with when they have their new type."""
    return tuple(
        Hazard(
            code="NEW_CODE_WAITS",
            object=member(table, new.name),
            message=f"it is {old.type} until the contract, and the new version reads and writes {new.type}",
        )
        for old, new in columns
        if not is_alike(_base(context, old.type), _base(context, new.type))
    )


def _base(context: Context, kind: str) -> str:
    """Return the type that a domain stands on."""
    domains = (each for each in (*context.old.domains, *context.new.domains) if own_type(kind, each.name))
    return next((each.type + ("[]" if kind.endswith("[]") else "") for each in domains), kind)


def narrowing(table: Name, columns: list[tuple[Column, Column]]) -> tuple[Hazard, ...]:
    return tuple(
        Hazard(
            code="NARROW_TYPE",
            object=member(table, new.name),
            message=f"{old.type} becomes {new.type}: values may be cut",
        )
        for old, new in columns
        if not is_wider(old.type, new.type)
    )


def direct_texts(
    state: Database, before: Table, after: Table, columns: list[tuple[Column, Column, str]]
) -> Iterator[str]:
    """Yield what changes columns from one state of their table to the other, all under one lock; `state` says what else stands on
    them."""
    table = after.name
    forced = before.force_row_security or after.force_row_security
    touched = _touched(before, after, [new.name for _, new, _ in columns])
    computed = [after.column(name) for name in touched[len(columns) :]]
    around = around_column(state, table, touched)
    yield from around.before
    yield from drop_texts(table, members_on(before, touched))
    for each in computed:
        yield alter(table, f"drop column {quote(each.name)}")
    for old, new, expression in columns:
        yield from _column_texts(table, old, new, expression, forced)
    for each in computed:
        yield alter(table, f"add column {column_text(column_def(each))}")
    found = members_on(after, touched)
    yield from add_texts(table, found)
    yield from said_texts(after, [each.name for each in computed], found)
    yield from around.after


def _touched(before: Table, after: Table, names: list[str]) -> list[str]:
    """Return the columns, and those that stay and are computed from them: PostgreSQL changes no type under these, so that they are
    made again."""
    computed = {each.name for each in before.columns if speaks_of(each.generated, {*names})}
    return [
        *names,
        *(each.name for each in after.columns if each.name in computed and each.generated is not None),
    ]


def _column_texts(table: Name, old: Column, new: Column, expression: str, forced: bool) -> Iterator[str]:
    name = quote(new.name)
    if old.identity is not None:
        yield alter(table, f"alter column {name} drop identity")
    if old.default is not None:
        yield alter(table, f"alter column {name} drop default")
    collation = f" collate {new.collation}" if new.collation is not None else ""
    yield alter(table, f"alter column {name} type {new.type}{collation} using {expression}")
    if new.not_null != old.not_null:
        yield alter(table, f"alter column {name} {'set' if new.not_null else 'drop'} not null")
    yield from value_texts(table, new, forced)
