"""Tables, partitions, schemas, comments."""

from bdc.catalog import Column, Key, Schema, Table
from bdc.ddl.names import Name, quote
from tests.evolution.draft import Draft
from tests.evolution.edits.words import COLUMN_WORDS, PLAIN_TYPES, SCHEMA, TABLE_WORDS

__all__ = [
    "add_partition",
    "add_partitioned_table",
    "add_table",
    "comment_column",
    "comment_table",
    "drop_partition",
    "drop_table",
    "log_table",
    "rename_table",
    "unlog_table",
]


def add_table(draft: Draft) -> bool:
    name = Name(draft.fresh(*TABLE_WORDS), SCHEMA if draft.maybe(0.1) else None)
    if name.schema:
        _need_schema(draft)
    kind, default, identity = draft.random.choice(
        (("uuid", "gen_random_uuid()", None), ("bigint", None, "always"), ("integer", None, "by default"), ("text", None, None))
    )  # fmt: skip
    identifier = Column(name=draft.fresh("id"), type=kind, not_null=True, default=default, identity=identity)
    more = tuple(_column(draft) for _ in range(draft.random.randint(1, 4)))
    key = Key(name=f"pk_{name.name}", columns=(identifier.name,))
    table = Table(name=name, columns=(identifier, *more), primary_key=None if draft.maybe(0.06) else key)
    draft.change(tables=(*draft.database.tables, table))
    return True


def _column(draft: Draft) -> Column:
    return Column(
        name=draft.fresh(*COLUMN_WORDS), type=draft.random.choice(PLAIN_TYPES), not_null=draft.maybe(0.5)
    )


def _need_schema(draft: Draft) -> None:
    if all(each.name != SCHEMA for each in draft.database.schemas):
        draft.change(schemas=(*draft.database.schemas, Schema(name=SCHEMA)))


def add_partitioned_table(draft: Draft) -> bool:
    name, identifier, day = Name(draft.fresh("event")), draft.fresh("id"), draft.fresh("day")
    columns = (
        Column(name=identifier, type="bigint", not_null=True),
        Column(name=day, type="date", not_null=True),
        _column(draft),
    )
    key = Key(name=f"pk_{name.name}", columns=(identifier, day))
    parent = Table(name=name, columns=columns, primary_key=key, partition_by=f"range ({quote(day)})")
    rest = Table(name=Name(f"{name.name}_rest"), parent=name, bound="default", columns=columns)
    draft.change(tables=(*draft.database.tables, parent, rest))
    return add_partition(draft)


def add_partition(draft: Draft) -> bool:
    parent = draft.table(lambda each: each.partition_by is not None)
    if parent is None:
        return False
    draft.count += 1
    year = 2030 + draft.count
    bound = f"for values from ('{year}-01-01') to ('{year + 1}-01-01')"
    part = Table(
        name=Name(f"{parent.name.name}_{year}"), parent=parent.name, bound=bound, columns=parent.columns
    )
    draft.change(tables=(*draft.database.tables, part))
    return True


def drop_partition(draft: Draft) -> bool:
    gone = draft.pick(
        each for each in draft.database.tables if each.parent is not None and each.bound != "default"
    )
    if gone is None:
        return False
    draft.change(tables=tuple(each for each in draft.database.tables if each is not gone))
    return True


def drop_table(draft: Draft) -> bool:
    gone = draft.table(lambda each: not draft.mentioned(each.name.name, each, *_parts(draft, each)))
    if gone is None:
        return False
    away = (gone, *_parts(draft, gone))
    draft.change(tables=tuple(each for each in draft.database.tables if each not in away))
    return True


def _parts(draft: Draft, table: Table) -> list[Table]:
    return [each for each in draft.database.tables if each.parent == table.name]


def rename_table(draft: Draft) -> bool:
    table = draft.table()
    if table is None:
        return False
    draft.rename(table.name.name, draft.fresh(*TABLE_WORDS))
    return True


def comment_table(draft: Draft) -> bool:
    table = draft.table()
    if table is None:
        return False
    draft.put(table, comment=None if table.comment else f"What it's for, {draft.count}.")
    return True


def comment_column(draft: Draft) -> bool:
    found = draft.column(lambda table, _: table.partition_by is None)
    if found is None:
        return False
    table, column = found
    draft.put_column(table, column, comment=None if column.comment else f"Said of it, {draft.count}.")
    return True


def unlog_table(draft: Draft) -> bool:
    table = draft.table(
        lambda each: not each.unlogged and each.partition_by is None and not _tied(draft, each)
    )
    return table is not None and bool(draft.put(table, unlogged=True))


def log_table(draft: Draft) -> bool:
    table = draft.table(lambda each: each.unlogged and not _tied(draft, each))
    return table is not None and bool(draft.put(table, unlogged=False))


def _tied(draft: Draft, table: Table) -> bool:
    """Logged and unlogged tables cannot refer to each other."""
    aimed = any(key.target == table.name for each in draft.database.tables for key in each.foreign_keys)
    return aimed or bool(table.foreign_keys)
