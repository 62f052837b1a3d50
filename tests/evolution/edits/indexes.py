"""Indexes of every method."""

from typing import Any

from bdc.catalog import Column, Index, IndexKey, Table
from bdc.ddl.names import quote
from tests.evolution.draft import Draft
from tests.evolution.edits.keys import comparable

__all__ = [
    "add_expression_index",
    "add_index",
    "add_method_index",
    "add_partial_index",
    "add_unique_index",
    "change_index",
    "drop_index",
    "rename_index",
]

# Methods beside btree, the types of columns each takes, its operator class where one must be named, its options.
_METHODS: tuple[tuple[str, frozenset[str], str | None, str | None], ...] = (
    ("hash", frozenset({"text", "integer", "uuid", "bigint"}), None, None),
    ("gin", frozenset({"jsonb", "text[]"}), None, None),
    ("gin", frozenset({"jsonb"}), "jsonb_path_ops", "fastupdate=off"),
    ("gist", frozenset({"int4range"}), None, None),
    ("spgist", frozenset({"text", "int4range"}), None, None),
    (
        "brin",
        frozenset({"timestamp with time zone", "date", "integer", "bigint"}),
        None,
        "pages_per_range='32'",
    ),
)


def _put(draft: Draft, table: Table, keys: tuple[IndexKey, ...], **members: Any) -> bool:
    index = Index(name=f"ix_{table.name.name}_{draft.fresh('look')}", keys=keys, **members)
    draft.put(table, indexes=(*table.indexes, index))
    return True


def _kept(table: Table, column: Column) -> bool:
    return comparable(column) and not column.virtual


def add_index(draft: Draft) -> bool:
    table = draft.table(lambda each: any(_kept(each, column) for column in each.columns))
    if table is None:
        return False
    offered = [each.name for each in table.columns if _kept(table, each)]
    chosen = draft.random.sample(offered, min(len(offered), draft.random.randint(1, 3)))
    keys = tuple(
        IndexKey(column=name, descending=draft.maybe(0.25), nulls_first=True if draft.maybe(0.1) else None)
        for name in chosen
    )
    keys = tuple(
        key.model_copy(update={"nulls_first": None}) if key.descending and key.nulls_first else key
        for key in keys
    )
    left = [name for name in offered if name not in chosen]
    return _put(
        draft,
        table,
        keys,
        include=(draft.random.choice(left),) if left and draft.maybe(0.2) else (),
        options="fillfactor='70'" if draft.maybe(0.1) else None,
    )


def add_unique_index(draft: Draft) -> bool:
    found = draft.column(lambda table, column: _kept(table, column) and table.partition_by is None)
    return found is not None and _put(draft, found[0], (IndexKey(column=found[1].name),), unique=True)


def add_expression_index(draft: Draft) -> bool:
    found = draft.column(lambda _, column: column.type == "text" and not column.virtual)
    if found is None:
        return False
    return _put(draft, found[0], (IndexKey(expression=f"lower({quote(found[1].name)})"),))


def add_partial_index(draft: Draft) -> bool:
    found = draft.column(lambda table, column: _kept(table, column) and table.partition_by is None)
    if found is None:
        return False
    table, column = found
    return _put(
        draft,
        table,
        (IndexKey(column=column.name),),
        where=f"{quote(column.name)} is not null",
        unique=draft.maybe(0.3),
    )


def add_method_index(draft: Draft) -> bool:
    method, kinds, operators, options = draft.random.choice(_METHODS)
    found = draft.column(lambda _, column: column.type in kinds and not column.virtual)
    if found is None:
        return False
    table, column = found
    return _put(
        draft,
        table,
        (IndexKey(column=column.name, operator_class=operators),),
        method=method,
        options=options,
    )


def _indexed(draft: Draft) -> tuple[Table, Index] | None:
    return draft.pick((table, index) for table in draft.database.tables for index in table.indexes)


def change_index(draft: Draft) -> bool:
    """The same name, in another order or of other rows."""
    found = _indexed(draft)
    if found is None:
        return False
    table, old = found
    first = old.keys[0]
    if old.method == "btree":
        keys = (
            first.model_copy(update={"descending": not first.descending, "nulls_first": None}),
            *old.keys[1:],
        )
        new = old.model_copy(update={"keys": keys})
    elif first.column is not None:
        new = old.model_copy(update={"where": None if old.where else f"{quote(first.column)} is not null"})
    else:
        return False
    draft.put(table, indexes=tuple(new if each is old else each for each in table.indexes))
    return True


def rename_index(draft: Draft) -> bool:
    found = _indexed(draft)
    if found is None:
        return False
    table, old = found
    new = old.model_copy(update={"name": f"ix_{draft.fresh('named')}"})
    draft.put(table, indexes=tuple(new if each is old else each for each in table.indexes))
    return True


def drop_index(draft: Draft) -> bool:
    found = _indexed(draft)
    if found is None:
        return False
    table, gone = found
    draft.put(table, indexes=tuple(each for each in table.indexes if each is not gone))
    return True
