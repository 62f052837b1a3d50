"""Values that satisfy the checks of a table: those that its checks suggest, tried by PostgreSQL itself."""

import re
from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any

import asyncpg

from bdc.catalog import Column, Database, Table
from bdc.ddl.names import quote
from bdc.ddl.printer import literal
from bdc.surface.patterns import text_matching
from bdc.verification.rows.values import OwnTypes, base, salt, spellings, tried

_MOST = 20_000  # combinations that are tried
_FOUND = 60
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w'])")
_PATTERN = re.compile(r"~\*?\s*'((?:[^']|'')*)'")
_VALUE = re.compile(r"\bVALUE\b")

_NUMERIC = re.compile(r"numeric\((\d+)(?:,(\d+))?\)")
_LENGTH = re.compile(r"character(?: varying)?\((\d+)\)")
_LAST = "bcB12"  # other ends of a text that a pattern matches, where a key wants several

Solution = dict[str, str | None]


async def solutions(
    connection: Any,
    database: Database,
    own: OwnTypes,
    table: Table,
    free: Iterable[Column],
    given: Mapping[str, list[str]],
    sought: Mapping[str, tuple[str, ...]],
) -> list[list[Solution]]:
    """Return, for each group of columns that checks tie together, sets of values as text that satisfy them; [] for a group without
    any. `free`: the columns whose values may be chosen; `given`: SQL of all that some of them may hold; `sought`: values of columns that
    come first."""
    columns = {column.name: column for column in free}
    asked = [
        *_conditions(database, table, columns),
        *(("true", frozenset({name})) for name in sought if name in columns),
    ]
    found = []
    for names in _groups([names for _, names in asked]):
        mine = [condition for condition, used in asked if used & names]
        lists = _lists(own, [columns[name] for name in sorted(names)], [*mine, *_bounds(database, table)])
        lists |= {name: given[name] for name in names if name in given}
        lists |= {
            name: _with(lists[name], sought[name], columns[name].type) for name in names & sought.keys()
        }
        sizes = [size for name in names for size in _sizes(own, columns[name])]
        found.append(_first(await _solved(connection, lists, [*mine, *sizes]), sought))
    return found


def _with(candidates: list[str], texts: tuple[str, ...], kind: str) -> list[str]:
    """Return the candidates with the texts in front, as values of the type."""
    values = [literal(f"{{{text}}}" if kind.endswith("[]") else text) for text in texts]
    return [*(f"{value}::{kind}" for value in values), *candidates]


def _first(rows: list[Solution], sought: Mapping[str, tuple[str, ...]]) -> list[Solution]:
    """Return the solutions, those in front that hold the values which are sought."""
    front = [
        next((row for row in rows if row.get(name) in (text, f"{{{text}}}")), None)
        for name, texts in sought.items()
        for text in texts
    ]
    return [*(row for row in front if row is not None), *rows]


def _conditions(
    database: Database, table: Table, columns: dict[str, Column]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what has to hold, with the free columns that it names. A key of partitions has to fit one of them."""
    for check in table.checks:
        named = frozenset(name for name in columns if _names(check.condition, name))
        if named:
            yield check.condition, named
    for column in columns.values():
        for domain in database.domains:
            if column.type.removesuffix("[]") in spellings(domain.name) and not column.type.endswith("[]"):
                for check in domain.checks:
                    yield _VALUE.sub(quote(column.name), check.condition), frozenset({column.name})
    for name in columns if table.partition_by else ():
        if _names(table.partition_by or "", name):
            yield "true", frozenset({name})


def _names(text: str, column: str) -> bool:
    spelled = "|".join(map(re.escape, {column, quote(column), f'"{column}"'}))
    return re.search(rf'(?<![\w".])(?:{spelled})(?![\w"(])', text) is not None


def _sizes(own: OwnTypes, column: Column) -> Iterator[str]:
    """Yield what the length in its type asks of a column."""
    kind, name = base(own, column.type), quote(column.name)
    numeric, text = _NUMERIC.match(kind), _LENGTH.match(kind)
    if numeric is not None:
        yield f"abs({name}) < 1e{int(numeric[1]) - int(numeric[2] or 0)}"
    if text is not None:
        yield f"char_length({name}) <= {text[1]}"
    if column.not_null:
        yield f"{name} is not null"


def _groups(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    groups: list[frozenset[str]] = []
    for names in sets:
        touching = [group for group in groups if group & names]
        groups = [group for group in groups if not group & names] + [names.union(*touching)]
    return groups


def _lists(own: OwnTypes, columns: list[Column], texts: list[str]) -> dict[str, list[str]]:
    """Return what is tried for each column, few enough that all can be combined."""
    suggested = tuple(dict.fromkeys(_suggested(texts)))
    return {column.name: _candidates(own, column, suggested) for column in columns}


async def _solved(connection: Any, lists: dict[str, list[str]], conditions: list[str]) -> list[Solution]:
    if prod(map(len, lists.values())) > _MOST:
        most = max(2, int(_MOST ** (1 / len(lists))))
        lists = {name: values[:most] for name, values in lists.items()}
    sources = ", ".join(
        f"unnest(array[{', '.join(values)}]) as t_{number}({quote(name)})"
        for number, (name, values) in enumerate(lists.items())
    )
    wanted = ", ".join(f"{quote(name)}::text as {quote(name)}" for name in lists)
    where = " and ".join(f"({condition}) is not false" for condition in conditions)
    try:
        async with connection.transaction():
            rows = await connection.fetch(f"select {wanted} from {sources} where {where} limit {_FOUND * 20}")
    except asyncpg.PostgresError:
        return []
    step = max(1, len(rows) // _FOUND)
    return [dict(row) for row in rows[::step]]


def _candidates(own: OwnTypes, column: Column, suggested: tuple[str, ...]) -> list[str]:
    kind = base(own, column.type)
    values = tried(own, kind, suggested, salt(column.name)) or [f"null::{kind}"]
    return [*values, *([] if column.not_null else [f"null::{kind}"])]


def _bounds(database: Database, table: Table) -> Iterator[str]:
    return (part.bound or "" for part in database.tables if part.parent == table.name)


def _suggested(texts: Iterable[str]) -> Iterator[str]:
    """Yield constants of the texts, their neighbours, and texts that their patterns match."""
    for text in texts:
        for pattern in _PATTERN.findall(text):
            for least in {
                0,
                3,
                8,
                *(int(number) for number in _NUMBER.findall(text) if number.isdigit() and len(number) < 4),
            }:
                if (found := text_matching(pattern.replace("''", "'"), least)) is not None:
                    yield from (found, *(found[:-1] + last for last in _LAST if found))
        yield from (found.replace("''", "'") for found in _LITERAL.findall(text))
        for number in _NUMBER.findall(text):
            yield number
            if "." not in number and len(number) < 9:
                yield from (str(int(number) + 1), str(int(number) - 1))
                if 0 < int(number) <= 200:
                    yield "x" * int(number)
