"""A live database → its objects as data, in a fixed number of queries.

What comes in: an asyncpg connection. What goes out: a `Database` whose texts are PostgreSQL's own, read with `public` as the
search path and in UTC, so that two reads of equal databases are equal. Values, sizes, owners and places on disk are no part of it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter
from typing import Any

from asyncpg import Connection

from bdc.catalog import Database, Domain, EnumType, Extension, Schema, Table, View
from bdc.catalog import Sequence as SequenceObject
from bdc.catalog.live import queries
from bdc.catalog.live.others import OTHERS, others
from bdc.catalog.live.routines import routine
from bdc.catalog.live.sequences import sequence_options
from bdc.catalog.live.tables import (
    Row,
    check,
    index_of,
    name_of,
    options,
    rights,
    table,
    trigger,
)
from bdc.ddl.spatial import decoded

_SETTINGS = {
    "search_path": "public",
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
}
_SET = "select set_config(name, $2::jsonb ->> name, true) from unnest($1::text[]) as s (name)"
_PARTS = {
    "columns": queries.COLUMNS,
    "constraints": queries.CONSTRAINTS,
    "indexes": queries.INDEXES,
    "triggers": queries.TRIGGERS,
    "policies": queries.POLICIES,
}


async def read_database(connection: "Connection[Any]", schemas: Iterable[str] | None = None) -> Database:
    """Return all objects of `schemas` (all but the system's own when not said), without what extensions brought.

    The session's settings are as they were afterwards. What the model has no words for is not in it: `unreadable` names that.
    """
    wanted = None if schemas is None else list(schemas)
    async with connection.transaction():
        before = json.loads(await connection.fetchval(_KEPT, list(_SETTINGS)))
        await connection.execute(_SET, list(_SETTINGS), json.dumps(_SETTINGS))
        found = [_schema(row) for row in await _rows(connection, queries.SCHEMAS, wanted)]
        database = await _read(connection, tuple(found))
        await connection.execute(_SET, list(_SETTINGS), json.dumps(before))
    return database


_PUBLIC = Schema(name="public")
_KEPT = "select json_object_agg(name, current_setting(name)) from unnest($1::text[]) as s (name)"


async def _rows(connection: "Connection[Any]", query: str, schemas: Sequence[str] | None) -> list[Row]:
    """One answer of one text: nothing is asked about types, and one parse makes all rows."""
    text = await connection.fetchval(f"select coalesce(json_agg(q), '[]')::text from ({query}) q", schemas)
    return list(json.loads(decoded(text)))


async def _read(connection: "Connection[Any]", schemas: tuple[Schema, ...]) -> Database:
    names = [schema.name for schema in schemas]

    async def rows(query: str) -> list[Row]:
        return await _rows(connection, query, names)

    relations = await rows(queries.RELATIONS)
    parts = {part: _grouped(await rows(query)) for part, query in _PARTS.items()}
    sequences, routines = await rows(queries.SEQUENCES), await rows(queries.ROUTINES)
    _number(parts["columns"], relations, sequences)
    return Database(
        schemas=tuple(schema for schema in schemas if schema != _PUBLIC),
        extensions=tuple(
            Extension(name=row["name"], schema_name=row["schema"]) for row in await rows(queries.EXTENSIONS)
        ),
        enums=tuple(
            EnumType(name=name_of(row["name"]), labels=tuple(row["labels"]), comment=row["comment"])
            for row in await rows(queries.ENUMS)
        ),
        domains=_domains(await rows(queries.DOMAINS)),
        sequences=tuple(_sequence(row) for row in sequences if not row["identity"]),
        tables=_tables(relations, parts),
        routines=tuple(routine(row) for row in routines),
        views=_views(relations, parts, await rows(queries.VIEW_ORDER)),
        others=others(await rows(OTHERS), relations, parts, routines),
    )


def _grouped(rows: list[Row]) -> dict[int, list[Row]]:
    """Rows by the relation that they belong to."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["relation"]].append(row)
    return found


def _schema(row: Row) -> Schema:
    usual = [right for right in rights(row["rights"]) if row["name"] != "public" or right.role != "public"]
    return Schema(name=row["name"], rights=tuple(usual), comment=row["comment"])


def _domains(rows: list[Row]) -> tuple[Domain, ...]:
    by_oid = {row["oid"]: row for row in rows}
    order = TopologicalSorter({row["oid"]: [row["base"]] for row in rows}).static_order()
    return tuple(_domain(by_oid[oid]) for oid in order if oid in by_oid)


def _domain(row: Row) -> Domain:
    return Domain(
        name=name_of(row["name"]),
        type=row["type"],
        not_null=row["not_null"],
        default=row["default"],
        checks=tuple(check(found) for found in row["checks"] or ()),
        collation=row["collation"],
        comment=row["comment"],
    )


def _sequence(row: Row) -> SequenceObject:
    owner = row["owner"]
    return SequenceObject(
        name=name_of(row["name"]),
        type=row["type"],
        options=sequence_options(row),
        owner=(name_of(owner[0]), owner[1]) if owner else None,
        rights=rights(row["rights"]),
        comment=row["comment"],
    )


def _number(columns: dict[int, list[Row]], relations: list[Row], sequences: list[Row]) -> None:
    """Give identity columns the options of their sequences."""
    said = {
        (name_of(row["owner"][0]), row["owner"][1]): sequence_options(row)
        for row in sequences
        if row["identity"]
    }
    for row in relations if said else ():
        for column in columns[row["oid"]]:
            column["numbering"] = said.get((name_of(row["name"]), column["name"]), "")


def _tables(relations: list[Row], parts: dict[str, dict[int, list[Row]]]) -> tuple[Table, ...]:
    found = {
        made.name: made
        for made in (
            table(row, *(parts[part][row["oid"]] for part in _PARTS))
            for row in relations
            if row["kind"] in ("r", "p")
        )
    }
    order = TopologicalSorter({name: [made.parent] if made.parent else [] for name, made in found.items()})
    return tuple(found[name] for name in order.static_order() if name in found)


def _views(
    relations: list[Row], parts: dict[str, dict[int, list[Row]]], reads: list[Row]
) -> tuple[View, ...]:
    rows = {row["oid"]: row for row in relations if row["kind"] in ("v", "m")}
    needs: dict[int, list[int]] = {oid: [] for oid in rows}
    for row in reads:
        needs[row["view"]].append(row["reads"])
    order = TopologicalSorter(needs).static_order()
    return tuple(_view(rows[oid], parts) for oid in order if oid in rows)


def _view(row: Row, parts: dict[str, dict[int, list[Row]]]) -> View:
    columns = parts["columns"][row["oid"]]
    granted = [right for column in columns for right in rights(column["rights"], column["name"])]
    return View(
        name=name_of(row["name"]),
        query=row["query"].strip().rstrip(";"),
        materialized=row["kind"] == "m",
        options=options(row["options"]),
        indexes=tuple(index_of(found) for found in parts["indexes"][row["oid"]]),
        triggers=tuple(trigger(found) for found in parts["triggers"][row["oid"]]),
        rights=(*rights(row["rights"]), *sorted(granted, key=lambda right: (right.role, right.grantable))),
        comment=row["comment"],
        column_comments=tuple(
            (column["name"], column["comment"]) for column in columns if column["comment"] is not None
        ),
    )
