"""Which columns of another type are exchanged for a second one, and how what stands on them is said of that one."""

from collections.abc import Mapping
from types import MappingProxyType

from bdc.catalog import Check, ForeignKey, Index, IndexKey, Key, Table
from bdc.ddl.names import Name
from bdc.plan.context import Context
from bdc.plan.making import passing
from bdc.plan.sql_identifiers import renamed_columns, renamed_relations, speaks_of

NO_TYPES: Mapping[str, str] = MappingProxyType({})


def shadow_names(context: Context, table: Name) -> Mapping[str, str]:
    """Return column → the column that stands in for it; empty where the table has to be written anew under a lock: partitions, and
    what values are generated from, or exclude each other by."""
    columns = context.retyped.get(table, frozenset())
    states = [state[table] for state in (context.old_tables, context.new_tables) if table in state]
    if not columns or any(_is_bound(state, columns) for state in states):
        return {}
    return {column: passing(column) for column in sorted(columns)}


def _is_bound(table: Table, columns: frozenset[str]) -> bool:
    if table.parent is not None or table.partition_by is not None:
        return True
    generated = any(speaks_of(each.generated, columns) for each in table.columns)
    excluded = (part for found in table.exclusions for part, _ in found.elements)
    return generated or any(
        part.column in columns or speaks_of(part.expression, columns) for part in excluded
    )


def key_of(found: Key, names: Mapping[str, str]) -> Key:
    return found.model_copy(
        update={"columns": _all(found.columns, names), "include": _all(found.include, names)}
    )


def check_of(found: Check, names: Mapping[str, str], types: Mapping[str, str] = NO_TYPES) -> Check:
    """Return a check of the columns that stand in; `types` (old → new) are those that are made anew with them."""
    return found.model_copy(update={"condition": _said(found.condition, names, types)})


def index_of(found: Index, names: Mapping[str, str], types: Mapping[str, str] = NO_TYPES) -> Index:
    """Return an index of the columns that stand in; `types` (old → new) are those that are made anew with them."""
    where = _said(found.where, names, types) if found.where is not None else None
    keys = tuple(_part(part, names, types) for part in found.keys)
    return found.model_copy(update={"keys": keys, "include": _all(found.include, names), "where": where})


def reference_of(found: ForeignKey, ours: Mapping[str, str], theirs: Mapping[str, str]) -> ForeignKey:
    return found.model_copy(
        update={
            "columns": _all(found.columns, ours),
            "set_null_columns": _all(found.set_null_columns, ours),
            "target_columns": _all(found.target_columns, theirs),
        }
    )


def _said(text: str, names: Mapping[str, str], types: Mapping[str, str]) -> str:
    return renamed_columns(renamed_relations(text, types), names)


def _part(part: IndexKey, names: Mapping[str, str], types: Mapping[str, str]) -> IndexKey:
    if part.column is not None:
        return part.model_copy(update={"column": names.get(part.column, part.column)})
    return part.model_copy(update={"expression": _said(part.expression or "", names, types)})


def _all(columns: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(column, column) for column in columns)
