"""Columns: there or not, empty or not, what they are by default, computed, counted."""

from bdc.catalog import Column, Sequence, Table
from bdc.ddl.names import Name, full, quote
from tests.evolution.draft import Draft
from tests.evolution.edits.words import COLUMN_WORDS, CONSTANTS, NUMBERS, PLAIN_TYPES, TEXTS, VOLATILE
from tests.evolution.values import typed

__all__ = [
    "add_column",
    "add_column_with_backfill",
    "add_generated_column",
    "add_identity_column",
    "add_required_column",
    "add_serial_column",
    "add_volatile_column",
    "change_default",
    "drop_column",
    "drop_default",
    "drop_not_null",
    "rename_column",
    "set_not_null",
]


def put_new(draft: Draft, table: Table, column: Column) -> bool:
    draft.put(table, columns=(*table.columns, column))
    return True


def add_column(draft: Draft) -> bool:
    table, kind = draft.table(), draft.random.choice(PLAIN_TYPES)
    name = draft.fresh(*COLUMN_WORDS)
    return table is not None and put_new(draft, table, Column(name=name, type=kind))


def add_required_column(draft: Draft) -> bool:
    table, kind = draft.table(), draft.random.choice(PLAIN_TYPES)
    column = Column(name=draft.fresh(*COLUMN_WORDS), type=kind, not_null=True, default=CONSTANTS[kind])
    return table is not None and put_new(draft, table, column)


def add_volatile_column(draft: Draft) -> bool:
    table, kind = draft.table(lambda each: each.partition_by is None), draft.pick(VOLATILE)
    if table is None or kind is None:
        return False
    column = Column(
        name=draft.fresh(*COLUMN_WORDS), type=kind, not_null=draft.maybe(0.6), default=VOLATILE[kind]
    )
    return put_new(draft, table, column)


def add_column_with_backfill(draft: Draft) -> bool:
    table, kind = draft.table(), draft.random.choice(PLAIN_TYPES)
    if table is None:
        return False
    name = draft.fresh(*COLUMN_WORDS)
    draft.backfills[table.name, name] = _old_rows_get(draft, table, kind)
    return put_new(draft, table, Column(name=name, type=kind, not_null=True))


def _old_rows_get(draft: Draft, table: Table, kind: str) -> str:
    """A constant, or something about the row that is there already."""
    was = draft.origins.columns
    known = [each for each in table.columns if each.type == kind and (table.name, each.name) in was]
    source = draft.pick(known)
    constant = f"{CONSTANTS[kind]}::{kind}"
    return f"coalesce({quote(source.name)}, {constant})" if source else constant


def add_generated_column(draft: Draft) -> bool:
    table = draft.table(
        lambda each: (
            each.partition_by is None
            and any(column.type in (*NUMBERS, *TEXTS) and column.generated is None for column in each.columns)
        )
    )
    if table is None:
        return False
    source = draft.random.choice(
        [each for each in table.columns if each.type in (*NUMBERS, *TEXTS) and each.generated is None]
    )
    bare = quote(source.name)
    numeric = source.type in NUMBERS
    column = Column(
        name=draft.fresh("double" if numeric else "lower"),
        type="numeric" if numeric else "text",
        generated=f"{bare}::numeric * 2" if numeric else f"lower({bare}::text)",
        virtual=draft.maybe(0.3),
    )
    return put_new(draft, table, column)


def add_identity_column(draft: Draft) -> bool:
    table = draft.table(
        lambda each: each.partition_by is None and all(column.identity is None for column in each.columns)
    )
    column = Column(
        name=draft.fresh("number"),
        type="bigint",
        not_null=True,
        identity="always" if draft.maybe(0.5) else "by default",
    )
    return table is not None and put_new(draft, table, column)


def add_serial_column(draft: Draft) -> bool:
    table = draft.table(lambda each: each.partition_by is None)
    if table is None:
        return False
    name = draft.fresh("serial")
    sequence = Name(f"{table.name.name}_{name}_seq", table.name.schema)
    draft.change(
        sequences=(*draft.database.sequences, Sequence(name=sequence, owner=(table.name, name))),
    )
    default = f"nextval('{full(sequence)}'::regclass)"
    return put_new(draft, table, Column(name=name, type="bigint", not_null=True, default=default))


def drop_column(draft: Draft) -> bool:
    """Only a column that nothing else speaks of: what does is a change of its own."""
    found = draft.column(lambda table, column: len(table.columns) > 1 and _alone(draft, table, column))
    if found is None:
        return False
    table, gone = found
    draft.put(table, columns=tuple(each for each in table.columns if each.name != gone.name))
    return True


def _alone(draft: Draft, table: Table, column: Column) -> bool:
    columns = tuple(each for each in table.columns if each.name != column.name)
    probe = Draft(draft.database, draft.random)
    probe.put(table, columns=columns)
    spoken = any(column.name in sql for sql in draft.backfills.values())
    return not spoken and not probe.mentioned(column.name)


def rename_column(draft: Draft) -> bool:
    found = draft.column(lambda table, column: True)
    if found is None:
        return False
    draft.rename(found[1].name, draft.fresh(*COLUMN_WORDS))
    return True


def _plain(column: Column) -> bool:
    return column.identity is None and column.generated is None and "nextval" not in (column.default or "")


def set_not_null(draft: Draft) -> bool:
    found = draft.column(
        lambda table, column: _plain(column) and not column.not_null and column.type in CONSTANTS
    )
    if found is None:
        return False
    table, column = found
    if (table.name, column.name) in draft.origins.columns and draft.maybe(0.85):
        draft.backfills[table.name, column.name] = typed(draft.database, column.type, 3, "1")
    draft.put_column(table, column, not_null=True)
    return True


def drop_not_null(draft: Draft) -> bool:
    found = draft.column(
        lambda table, column: (
            _plain(column)
            and column.not_null
            and not (table.primary_key and column.name in table.primary_key.columns)
            and column.name not in (table.partition_by or "")
        )
    )
    if found is None:
        return False
    draft.put_column(*found, not_null=False)
    return True


def change_default(draft: Draft) -> bool:
    found = draft.column(lambda table, column: _plain(column) and column.type in CONSTANTS)
    if found is None:
        return False
    table, column = found
    offered = {CONSTANTS[column.type], VOLATILE.get(column.type, CONSTANTS[column.type])} - {column.default}
    draft.put_column(table, column, default=draft.pick(sorted(offered)))
    return True


def drop_default(draft: Draft) -> bool:
    found = draft.column(lambda table, column: _plain(column) and column.default is not None)
    if found is None:
        return False
    draft.put_column(*found, default=None)
    return True
