"""What a database holds, before and after a migration: whether a row or a value was lost that nothing says may go.

Asked of every table, those that SQL of the specification makes among them, and of materialized views. What the plan declares to drop, to
fill or to give another type is left out; a table under another name is asked under that name.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from bdc.catalog import Database, Table
from bdc.ddl.names import Name, full
from bdc.plan import Operation
from bdc.source.records import dataclass
from bdc.verification.rows.rotated import is_whole

_SHOWN = 3
_RENAMED = re.compile(r"^alter table (\S+) (?:rename to|set schema) (\S+?);$", re.IGNORECASE)
_RELABELLED = re.compile(
    r"^alter type (\S+) rename value '((?:[^']|'')*)' to '((?:[^']|'')*)';$", re.IGNORECASE
)
_DROPPED = re.compile(r"^alter table (\S+) drop column (\S+?);$", re.IGNORECASE)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """`rows`: of each table that holds some itself; `types`: of its columns, without those that are computed; `views`: how many rows a
    materialized view shows."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    types: dict[str, dict[str, str]] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)
    wholes: dict[str, str] = field(default_factory=dict)


async def held(connection: Any, database: Database, skip: Iterable[Name] = ()) -> Held:
    """Return what the tables and materialized views of `database` hold; its views are filled first."""
    found = Held()
    left_out = frozenset(skip)
    for view in database.views:
        if view.materialized:
            await connection.execute(f"refresh materialized view {full(view.name)}")
            found.views[full(view.name)] = await connection.fetchval(
                f"select count(*) from {full(view.name)}"
            )
    for table in database.tables:
        if table.name in left_out:
            continue
        if table.partition_by is None or is_whole(database, full(table.name)):
            await _table(connection, table, found)
    return found


async def _table(connection: Any, table: Table, found: Held) -> None:
    name = full(table.name)
    # A column may have any usual name; rows of tables that inherit are theirs.
    only = "only " if table.partition_by is None else ""
    rows = f"select coalesce(json_agg(to_jsonb(row_of_it__)), '[]')::text from {only}{name} as row_of_it__"
    text = await connection.fetchval(rows)
    found.rows[name] = json.loads(text)
    if table.parent is not None:
        found.wholes[name] = full(table.parent)
    found.types[name] = {each.name: each.type for each in table.columns if each.generated is None}


def lost(
    before: Held, after: Held, operations: Iterable[Operation], *, back: bool = False
) -> tuple[str, ...]:
    """Return what `before` held and `after` does not, in words. `back`: after the way back, where nothing is called otherwise and what
    was dropped is there again."""
    listed = tuple(operations)
    return tuple(_lost(before, after, _Declared(listed, back)))


class _Declared:
    """What the plan says that it drops, renames and fills."""

    def __init__(self, operations: tuple[Operation, ...], back: bool) -> None:
        hazards = [hazard for operation in operations for hazard in operation.hazards]
        self.back = back
        self.tables = {_full(each.object) for each in hazards if each.code == "DROP_TABLE" and not back}
        self.columns = {each.object for each in hazards if each.code == "DROP_COLUMN" and not back}
        self.filled: dict[str, set[str]] = {}
        self.renamed: dict[str, str] = {}
        self.labels: dict[str, dict[str, str]] = {}
        for operation in operations:
            if operation.batch is not None:
                seal = operation.batch.seal
                sealed = (seal.column,) if seal is not None else ()
                self._fills(operation.batch.table, (*operation.batch.set, *sealed))
            if not any(hazard.code == "DROP_COLUMN" for hazard in operation.hazards):
                for text in operation.statements:
                    if (moved := _DROPPED.match(text)) is not None:
                        self._fills(moved[1], [moved[2]])
            for text in operation.statements if not back else ():
                if (found := _RENAMED.match(text)) is not None:
                    self.renamed[found[1]] = _beside(found[1], found[2], moved="set schema" in text)
                elif (called := _RELABELLED.match(text)) is not None:
                    self._calls(*(part.replace("''", "'") for part in called.groups()))

    def _fills(self, table: str, columns: Iterable[str]) -> None:
        """A column is filled under a name that passes, or its values go on in another one."""
        names = [column.strip('"') for column in columns]
        self.filled.setdefault(table, set()).update(names, (name.removesuffix("__next") for name in names))

    def _calls(self, enum: str, old: str, new: str) -> None:
        """A value of a native enum is called otherwise, wherever rows hold it."""
        for item in (enum, enum.removeprefix("public.")):
            for kind in (item, f"{item}[]"):
                self.labels.setdefault(kind, {})[old] = new

    def named(self, row: Row, types: Mapping[str, str]) -> Row:
        """Return the row with the values of enums as they are called now."""
        known = {column: self.labels[kind] for column, kind in types.items() if kind in self.labels}
        return {**row, **{column: _called(row.get(column), names) for column, names in known.items()}}

    def now(self, table: str) -> str:
        while table in self.renamed and self.renamed[table] != table:
            table = self.renamed[table]
        return table


def _called(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_called(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def _full(name: str) -> str:
    bare = name.removeprefix("table ")
    schema, dot, own = bare.rpartition(".")
    return full(Name(own.strip('"'), schema.strip('"') if dot else None))


def _beside(table: str, name: str, *, moved: bool) -> str:
    schema, _, own = table.rpartition(".")
    return f"{name}.{own}" if moved else f"{schema}.{name}"


def _lost(before: Held, after: Held, declared: _Declared) -> Iterator[str]:
    for name, rows in before.rows.items():
        now = declared.now(name)
        if name in declared.tables or not rows:
            continue
        if now not in after.rows:
            yield f"table {name} and its {len(rows)} rows are gone"
            continue
        filled = declared.filled.get(name, set()) | declared.filled.get(now, set())
        shared = _shared(before.types[name], after.types[now], filled)
        told = [declared.named(row, before.types[name]) for row in rows] if declared.labels else rows
        missing = _missing(told, after.rows[now], shared)
        if len(rows) > len(after.rows[now]) or missing:
            shown = "; ".join(missing[:_SHOWN])
            yield f"table {name}: {len(rows)} rows became {len(after.rows[now])}{f', without {shown}' if shown else ''}"
        yield from _columns(name, before, after.types[now], declared)
    for name, count in before.views.items():
        if name in after.views and count and not after.views[name]:
            yield f"materialized view {name}: {count} rows became none"


def _shared(old: Mapping[str, str], new: Mapping[str, str], filled: set[str]) -> list[str]:
    return [column for column, kind in old.items() if new.get(column) == kind and column not in filled]


def _missing(rows: Iterable[Row], there: Iterable[Row], columns: list[str]) -> list[str]:
    """Return the rows, told by `columns`, that are not there as often."""
    left = [_told(row, columns) for row in there]
    found = []
    for row in rows:
        text = _told(row, columns)
        if text in left:
            left.remove(text)
        else:
            found.append(text)
    return found


def _told(row: Row, columns: list[str]) -> str:
    return json.dumps({column: row.get(column) for column in columns}, ensure_ascii=False, sort_keys=True)


def _columns(name: str, before: Held, now: Mapping[str, str], declared: _Declared) -> Iterator[str]:
    """A column is gone by a word, or it may have another name now, where the table has a column that it had not."""
    dropped = {each.replace('"', "") for each in declared.columns}
    for column in before.types[name]:
        label = f"{name.removeprefix('public.')}.{column}"
        # A column goes from a partition with that of the whole.
        whole = f"{before.wholes.get(name, name).removeprefix('public.')}.{column}"
        if column in now or {label.replace('"', ""), whole.replace('"', "")} & dropped:
            continue
        valued = any(row.get(column) is not None for row in before.rows[name])
        if valued and not now.keys() - before.types[name].keys():
            yield f"column {label} is gone"
