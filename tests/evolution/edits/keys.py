"""Primary keys, unique constraints, references."""

from itertools import combinations

from bdc.catalog import Column, ForeignKey, Key, Table
from tests.evolution.draft import Draft
from tests.evolution.values import KNOWN

__all__ = [
    "add_composite_reference",
    "add_primary_key",
    "add_reference",
    "add_self_reference",
    "add_unique",
    "change_primary_key",
    "change_reference",
    "change_unique",
    "drop_primary_key",
    "drop_reference",
    "drop_unique",
    "rename_unique",
]

_COMPARED = KNOWN - {"json", "jsonb", "boolean", "tsvector", "int4range", "daterange"}


def comparable(column: Column) -> bool:
    """Whether a key may have it, and rows are told apart by it."""
    return column.type.partition("(")[0] in _COMPARED and not column.virtual and column.generated is None


def _aimed(draft: Draft, table: Table, columns: tuple[str, ...]) -> bool:
    return any(
        key.target == table.name and frozenset(key.target_columns) == frozenset(columns)
        for each in draft.database.tables
        for key in each.foreign_keys
    )


def add_unique(draft: Draft) -> bool:
    table = draft.table(lambda each: each.partition_by is None and any(map(comparable, each.columns)))
    if table is None:
        return False
    offered = [each.name for each in table.columns if comparable(each)]
    columns = tuple(draft.random.sample(offered, min(len(offered), draft.random.randint(1, 2))))
    if _keyed(table, columns):
        return False
    key = Key(
        name=f"uq_{table.name.name}_{'_'.join(columns)}",
        columns=columns,
        nulls_not_distinct=draft.maybe(0.1) and _filled(table, columns),
        deferrable=draft.maybe(0.1),
    )
    draft.put(table, uniques=(*table.uniques, key))
    return True


def _keyed(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether there is such a key: PostgreSQL leaves a second one out where a table is made whole."""
    keys = (*table.uniques, *((table.primary_key,) if table.primary_key else ()))
    return any(key.columns == columns for key in keys)


def _filled(table: Table, columns: tuple[str, ...]) -> bool:
    return all(table.column(name).not_null for name in columns)


def drop_unique(draft: Draft) -> bool:
    found = draft.pick(
        (table, key)
        for table in draft.database.tables
        for key in table.uniques
        if not _aimed(draft, table, key.columns)
    )
    if found is None:
        return False
    table, gone = found
    draft.put(table, uniques=tuple(key for key in table.uniques if key is not gone))
    return True


def change_unique(draft: Draft) -> bool:
    """Checked at the end of a transaction, or again at once."""
    found = draft.pick(
        (table, key)
        for table in draft.database.tables
        for key in table.uniques
        if not _aimed(draft, table, key.columns)
    )
    if found is None:
        return False
    table, old = found
    new = old.model_copy(update={"deferrable": not old.deferrable})
    draft.put(table, uniques=tuple(new if key is old else key for key in table.uniques))
    return True


def rename_unique(draft: Draft) -> bool:
    found = draft.pick((table, key) for table in draft.database.tables for key in table.uniques)
    if found is None:
        return False
    table, old = found
    new = old.model_copy(update={"name": f"uq_{draft.fresh('named')}"})
    draft.put(table, uniques=tuple(new if key is old else key for key in table.uniques))
    return True


def add_primary_key(draft: Draft) -> bool:
    table = draft.table(
        lambda each: each.primary_key is None and each.partition_by is None and _telling(each) != []
    )
    if table is None:
        return False
    name = draft.random.choice(_telling(table))
    if _keyed(table, (name,)):
        return False
    required = tuple(
        each.model_copy(update={"not_null": True}) if each.name == name else each for each in table.columns
    )
    draft.put(table, columns=required, primary_key=Key(name=f"pk_{table.name.name}", columns=(name,)))
    return True


def _telling(table: Table) -> list[str]:
    return [each.name for each in table.columns if comparable(each) and each.not_null]


def change_primary_key(draft: Draft) -> bool:
    """To another column, or to more columns."""
    table = draft.table(
        lambda each: (
            each.primary_key is not None
            and each.partition_by is None
            and not _aimed(draft, each, each.primary_key.columns)
        )
    )
    if table is None or table.primary_key is None:
        return False
    old, telling = table.primary_key, _telling(table)
    offered = [pair for size in (1, 2) for pair in combinations(telling, size) if not _keyed(table, pair)]
    columns = draft.pick(offered)
    if columns is None:
        return False
    draft.put(table, primary_key=old.model_copy(update={"columns": columns}))
    return True


def drop_primary_key(draft: Draft) -> bool:
    table = draft.table(
        lambda each: (
            each.primary_key is not None
            and each.partition_by is None
            and not _aimed(draft, each, each.primary_key.columns)
        )
    )
    return table is not None and bool(draft.put(table, primary_key=None))


def add_reference(draft: Draft) -> bool:
    """A new column that refers to another table."""
    table = draft.table(lambda each: not each.unlogged)
    target = draft.table(
        lambda each: (
            not each.unlogged
            and each.primary_key is not None
            and len(each.primary_key.columns) == 1
            and each is not table
        )
    )
    return table is not None and target is not None and _refer(draft, table, target)


def add_self_reference(draft: Draft) -> bool:
    table = draft.table(
        lambda each: (
            each.primary_key is not None and len(each.primary_key.columns) == 1 and each.partition_by is None
        )
    )
    return table is not None and _refer(draft, table, table)


def _refer(draft: Draft, table: Table, target: Table) -> bool:
    assert target.primary_key is not None
    aim = target.column(target.primary_key.columns[0])
    if not comparable(aim):
        return False
    fresh = _is_new(draft, table)
    column = Column(name=draft.fresh("ref"), type=aim.type, not_null=fresh and draft.maybe(0.5))
    key = _key(draft, table, (column.name,), target, (aim.name,))
    draft.put(table, columns=(*table.columns, column), foreign_keys=(*table.foreign_keys, key))
    return True


def _is_new(draft: Draft, table: Table) -> bool:
    return table.name not in draft.origins.tables


def _key(
    draft: Draft, table: Table, columns: tuple[str, ...], target: Table, aims: tuple[str, ...]
) -> ForeignKey:
    empties = not any(table_column.not_null for table_column in table.columns if table_column.name in columns)
    actions = (
        "no action",
        "cascade",
        "restrict",
        *(("set null",) if empties and table.name == target.name else ()),
    )
    deferrable = draft.maybe(0.15)
    return ForeignKey(
        name=f"fk_{table.name.name}_{'_'.join(columns)}",
        columns=columns,
        target=target.name,
        target_columns=aims,
        on_delete=draft.random.choice(actions),
        on_update="cascade" if draft.maybe(0.1) else "no action",
        deferrable=deferrable,
        deferred=deferrable and draft.maybe(0.5),
    )


def add_composite_reference(draft: Draft) -> bool:
    """Two new columns that refer to a key of two."""
    target = draft.table(
        lambda each: (
            not each.unlogged
            and any(
                len(key.columns) == 2 and not key.deferrable and not key.nulls_not_distinct
                for key in each.uniques
            )
        )
    )
    table = draft.table(lambda each: not each.unlogged)
    if table is None or target is None:
        return False
    aims = next(key.columns for key in target.uniques if len(key.columns) == 2 and not key.deferrable)
    columns = tuple(Column(name=draft.fresh("ref"), type=target.column(name).type) for name in aims)
    names = tuple(each.name for each in columns)
    key = _key(draft, table, names, target, aims)
    draft.put(table, columns=(*table.columns, *columns), foreign_keys=(*table.foreign_keys, key))
    return True


def drop_reference(draft: Draft) -> bool:
    found = draft.pick((table, key) for table in draft.database.tables for key in table.foreign_keys)
    if found is None:
        return False
    table, gone = found
    draft.put(table, foreign_keys=tuple(key for key in table.foreign_keys if key is not gone))
    return True


def change_reference(draft: Draft) -> bool:
    found = draft.pick((table, key) for table in draft.database.tables for key in table.foreign_keys)
    if found is None:
        return False
    table, old = found
    action = draft.random.choice(
        [each for each in ("cascade", "no action", "restrict") if each != old.on_delete]
    )
    new = old.model_copy(update={"on_delete": action})
    draft.put(table, foreign_keys=tuple(new if key is old else key for key in table.foreign_keys))
    return True
