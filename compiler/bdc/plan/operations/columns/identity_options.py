"""Options of the sequence that an identity column stands on."""

import re
from collections.abc import Iterator

from bdc.catalog import Column
from bdc.ddl.names import Name, quote
from bdc.plan.context import Context
from bdc.plan.making import alter, key, member
from bdc.plan.step import ACCESS_EXCLUSIVE, Step

_OPTION = re.compile(r"(increment by|minvalue|maxvalue|start with|cache) (-?\d+)")


def identity_clause(column: Column) -> str:
    """Return what follows the column in ADD: `generated always as identity (…)`."""
    options = f" ({column.numbering})" if column.numbering else ""
    return f"generated {column.identity} as identity{options}"


def first_number(column: Column) -> int:
    """Return where the numbers of a new sequence begin."""
    said = dict(_OPTION.findall(column.numbering))
    up = int(said.get("increment by", 1)) > 0
    return int(said.get("start with") or said.get("minvalue" if up else "maxvalue") or ("1" if up else "-1"))


def change_options(context: Context, table: Name, old: Column, new: Column) -> Iterator[Step]:
    """Options change in place, and the numbers go on where they are."""
    if old.identity is None or new.identity is None or old.numbering == new.numbering:
        return
    yield Step(
        key=key("set-numbering", table, new.name),
        title=f"{member(table, new.name)} numbers rows by other options",
        phase="expand",
        rank=45,
        statements=(_text(table, new),),
        locks=context.locks(ACCESS_EXCLUSIVE, table),
        undo=(_text(table, old),),
    )


def _text(table: Name, column: Column) -> str:
    """Say every option, those that are PostgreSQL's own too: what is not said stays as it was."""
    said = dict(_OPTION.findall(column.numbering))
    parts = [
        f"increment by {said.get('increment by', 1)}",
        f"minvalue {said['minvalue']}" if "minvalue" in said else "no minvalue",
        f"maxvalue {said['maxvalue']}" if "maxvalue" in said else "no maxvalue",
        f"start with {first_number(column)}",
        f"cache {said.get('cache', 1)}",
        "cycle" if column.numbering.endswith("cycle") else "no cycle",
    ]
    return alter(table, f"alter column {quote(column.name)} {' '.join(f'set {part}' for part in parts)}")
