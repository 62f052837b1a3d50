"""How much two things look like one another: enough to ask whether one was renamed, never enough to decide it."""

from difflib import SequenceMatcher

from bdc.catalog import Column, Table

ENOUGH = 0.6


def of_columns(old: Column, new: Column) -> float:
    """Type 0.4, name 0.3, the rest 0.3."""
    same = (old.not_null == new.not_null) + (old.default == new.default) + (old.identity == new.identity)
    return 0.4 * (old.type == new.type) + 0.3 * _names(old.name, new.name) + 0.1 * same


def of_tables(old: Table, new: Table) -> float:
    """Columns of the same name and type 0.7, name 0.3."""
    before = {(column.name, column.type) for column in old.columns}
    after = {(column.name, column.type) for column in new.columns}
    shared = len(before & after) / max(len(before | after), 1)
    return 0.7 * shared + 0.3 * _names(old.name.name, new.name.name)


def _names(old: str, new: str) -> float:
    return SequenceMatcher(None, old, new).ratio()
