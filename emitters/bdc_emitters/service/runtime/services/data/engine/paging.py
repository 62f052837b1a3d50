"""Keyset pages: the order of a list, the cursor of a row, and the condition of what follows one.

A list is ordered by its sorts and, to break ties, by the key. Nulls come last, both ways. A cursor is the row's values of
all of these, as texts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from services.data.engine.fragments import EntityRead
from services.data.engine.visibility import FALSE, TRUE, permitted


@dataclass(frozen=True, slots=True)
class SortKey:
    """`sql` over the row's alias."""

    sql: str
    sql_type: str
    descending: bool
    nullable: bool


def sort_keys(read: EntityRead, sorts: Iterable[str], alias: str, roles: frozenset[str]) -> list[SortKey]:
    """Return the whole order of a list. KeyError for a sort that was not declared."""
    chosen: dict[str, bool] = {}
    for sort in sorts:
        chosen.setdefault(sort.removeprefix("-"), sort.startswith("-"))
    keys = [_declared(read, field, alias, roles, descending=down) for field, down in chosen.items()]
    last = keys[-1].descending if keys else False
    given = {key.sql for key in keys}
    ties = [SortKey(f"{alias}.{key.column}", key.sql_type, last, False) for key in read.keys]
    return keys + [tie for tie in ties if tie.sql not in given]


def _declared(
    read: EntityRead, field: str, alias: str, roles: frozenset[str], *, descending: bool
) -> SortKey:
    """A field that the caller may not see on every row sorts as he sees it: masked values are null."""
    sort = read.sort[field]
    guards = [
        member.visible for member in read.members if member.field == field and member.visible is not None
    ]
    condition = permitted(guards[0], roles) if guards else TRUE
    if condition == TRUE:
        return SortKey(sort.sql.replace("«a»", alias), sort.sql_type, descending, sort.nullable)
    seen = (
        f"(case when {condition} then {sort.sql} end)" if condition != FALSE else f"(null::{sort.sql_type})"
    )
    return SortKey(seen.replace("«a»", alias), sort.sql_type, descending, True)


def order_by(keys: Iterable[SortKey]) -> str:
    return ", ".join(
        key.sql
        + (" desc" if key.descending else "")
        + (" nulls last" if key.nullable and key.descending else "")
        for key in keys
    )


def cursor_text(keys: Iterable[SortKey]) -> str:
    """Return SQL of the cursor's payload: a JSON list of texts and nulls."""
    return f"json_build_array({', '.join(f'({key.sql})::text' for key in keys)})::text"


def follows(keys: list[SortKey], parameter: str) -> str:
    """Return the condition that a row comes after the cursor whose values `parameter` (a text[]) holds."""
    values = [f"({parameter})[{number}]::{key.sql_type}" for number, key in enumerate(keys, 1)]
    if not any(key.nullable for key in keys):
        if len({key.descending for key in keys}) == 1:
            return _row_comparison(keys, values)
        bound = f"{keys[0].sql} {'<=' if keys[0].descending else '>='} {values[0]}"
        return f"({bound} and {_lexicographic(keys, values)})"
    return _lexicographic(keys, values)


def _row_comparison(keys: list[SortKey], values: list[str]) -> str:
    """One comparison of rows: an index on the leading columns serves it."""
    sign = "<" if keys[0].descending else ">"
    if len(keys) == 1:
        return f"{keys[0].sql} {sign} {values[0]}"
    return f"({', '.join(key.sql for key in keys)}) {sign} ({', '.join(values)})"


def _lexicographic(keys: list[SortKey], values: list[str]) -> str:
    key, value = keys[0], values[0]
    beyond = f"{key.sql} {'<' if key.descending else '>'} {value}"
    same = f"{key.sql} = {value}"
    if key.nullable:
        beyond = f"({value} is not null and ({beyond} or {key.sql} is null))"
        same = f"{key.sql} is not distinct from {value}"
    if len(keys) == 1:
        return beyond if key.nullable else f"({beyond})"
    return f"({beyond} or ({same} and {_lexicographic(keys[1:], values[1:])}))"
