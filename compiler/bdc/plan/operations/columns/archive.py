"""What a declared removal keeps: a copy in the schema `bdc_archive`, taken before the drop, and the way back from it."""

import re

from bdc.catalog import Column, Table
from bdc.catalog.state import state_hash
from bdc.ddl.names import Name, fitted, full, quote
from bdc.ddl.printer import name_list
from bdc.plan import probes
from bdc.plan.context import Context
from bdc.plan.step import Step
from bdc.sql.catalog import builtin

SCHEMA = "bdc_archive"
_WORD = re.compile(r"[a-z_]\w*(?![\w.])")
# How the types of the standard are spelled, by their first word.
_SPELLED = frozenset(
    ["bigint", "bit", "boolean", "character", "double", "integer", "real", "smallint", "time", "timestamp"]
)


def archive_name(context: Context, table: Name, column: str = "") -> Name:
    """Return the name of the copy: that of the state before says which edge has taken it."""
    parts = [table.schema or "public", table.name, *([column] if column else [])]
    return Name(fitted("_".join([*parts, state_hash(context.old)[:8]])), SCHEMA)


def archive_table(context: Context, table: Table) -> Step:
    stored = [column for column in table.columns if column.generated is None]
    return _step(
        context, table, stored, archive_name(context, table.name), f"Keep the rows of {table.name.name}"
    )


def archive_column(context: Context, table: Table, column: Column) -> Step:
    """A table without a primary key cannot say which value belongs to which row: the whole rows are kept then."""
    keyed = keyed_by(context, table, column)
    there = {each.name: each for each in (*context.new_tables[table.name].columns, *table.columns)}
    kept = [there[name] for name in (*keyed, column.name)] if keyed else list(table.columns)
    name = archive_name(context, table.name, column.name)
    return _step(context, table, kept, name, f"Keep the values of {table.name.name}.{column.name}")


def row_key(table: Table) -> tuple[str, ...]:
    return table.primary_key.columns if table.primary_key is not None else ()


def keyed_by(context: Context, table: Table, column: Column) -> tuple[str, ...]:
    """Return the key by which the values of `column` are kept: that of the rows before, or, where it is part of that, the one after."""
    before = row_key(table)
    if column.name not in before:
        return before
    after = context.new_tables.get(table.name)
    return row_key(after) if after is not None else ()


def _step(context: Context, table: Table, columns: list[Column], archive: Name, title: str) -> Step:
    """Reading does not block writers, and no code writes what is about to be dropped."""
    listed = ", ".join(
        f"{quote(each.name)}::{_kept_type(context, each)} as {quote(each.name)}" for each in columns
    )
    return Step(
        key=f"archive-{archive.name}",
        title=title,
        phase="contract",
        rank=40,
        statements=(
            f"create schema if not exists {SCHEMA};",
            f"create table {full(archive)} as select {listed or ''} from {full(table.name)};",
        ),
        scans={full(table.name): "read"},
        alone=True,
        reads_rows=True,
        statement_timeout=0,
        done=probes.table_exists(archive),
        ready=probes.absent(archive),
        undo=(f"drop table {full(archive)};",),
    )


def _kept_type(context: Context, column: Column) -> str:
    """Types that are not PostgreSQL's own may go with what used them, or lose values: their text stays."""
    bare = _plain(column)
    word = _WORD.match(bare)
    own = {each.name.name for each in context.old.enums} | {each.name.name for each in context.old.domains}
    known = word is not None and word[0] not in own and word[0] in builtin() | _SPELLED
    return bare if known else "text"


def _plain(column: Column) -> str:
    """Columns of schema `app` say in their type how they are numbered."""
    return column.type.partition(" generated ")[0]


def restore_table(context: Context, table: Table) -> tuple[str, ...]:
    columns = [column for column in table.columns if column.generated is None]
    names = name_list(column.name for column in columns)
    values = ", ".join(f"{quote(column.name)}::{_plain(column)}" for column in columns)
    archive = full(archive_name(context, table.name))
    return (
        f"insert into {full(table.name)} ({names}) overriding system value select {values} from {archive};",
    )


def restore_column(context: Context, table: Table, column: Column) -> tuple[str, ...]:
    keyed = keyed_by(context, table, column)
    if not keyed:
        return (_by_likeness(context, table, column),)
    archive = full(archive_name(context, table.name, column.name))
    same = " and ".join(f"kept.{quote(key)} = back.{quote(key)}" for key in keyed)
    return (
        f"update {full(table.name)} as back set {quote(column.name)} = kept.{quote(column.name)}::{_plain(column)}"
        f" from {archive} as kept where {same};",
    )


def _by_likeness(context: Context, table: Table, column: Column) -> str:
    """Without a key, a row gets the value of the row that is like it in all columns that stay; of equal rows each gets one."""
    after = {each.name: each.type for each in context.new_tables[table.name].columns}
    like = [each.name for each in table.columns if after.get(each.name) == each.type]
    told = f"row({name_list(like)})::text"
    numbered = f"{told} as told, row_number() over (partition by {told}) as number"
    archive, whole, name = (
        full(archive_name(context, table.name, column.name)),
        full(table.name),
        quote(column.name),
    )
    return (
        f"update {whole} as back set {name} = kept.value::{_plain(column)}"
        f" from (select tableoid as part, ctid as place, {numbered} from {whole}) as found"
        f" join (select {name} as value, {numbered} from {archive}) as kept using (told, number)"
        " where back.tableoid = found.part and back.ctid = found.place;"
    )
