"""Partitioned tables → `@partition(…)` of an entity, and its parts with their bounds."""

import re
from collections.abc import Iterator

from bdc.catalog import Table
from bdc.importing.names import Unique, field_name
from bdc.importing.scope import Scope, partition_key, table_path
from bdc.importing.text import Line, documentation, quoted, spaced, sql
from bdc.importing.types import FieldType, field_type

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_STRINGS = frozenset({"string", "text", "uuid", "date"})
_NUMBERS = frozenset({"int", "bigint", "decimal", "float"})
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?\Z")
# PostgreSQL writes the bounds of a part as literals without a type.
_LITERAL = r"(?:E?'(?:[^']|'')*'|[^\s,()']+)"
_LIST = rf"\(({_LITERAL}(?:, {_LITERAL})*)\)"
_RANGE = re.compile(rf"FOR VALUES FROM {_LIST} TO {_LIST}\Z")
_IN = re.compile(rf"FOR VALUES IN {_LIST}\Z")
_HASH = re.compile(r"FOR VALUES WITH \(modulus (\d+), remainder (\d+)\)\Z")


def partition(scope: Scope, table: Table) -> str:
    """Return the attribute that says how the rows of a table are told apart; nothing where they are not."""
    found = partition_key(table)
    if found is None:
        return ""
    method, columns = found
    own = scope.fields[table.name]
    return f"@partition({', '.join((method, *(own[column] for column in columns)))})"


def parts(scope: Scope, table: Table) -> Iterator[Line]:
    """Yield the parts of a table that its entity says, each with its comment."""
    names = Unique()
    for part in scope.parts.get(table.name, ()):
        path = table_path(part.name)
        if scope.is_said(f"{path}, comment"):
            yield from documentation(part.comment, f"{path}, comment")
        short = part.name.name.removeprefix(f"{table.name.name}_")
        said = names.take(field_name(f"p{short}" if short[:1].isdigit() else short))
        mapped = "" if f"{table.name.name}_{said}" == part.name.name else f"@table({quoted(part.name.name)})"
        storage = f"@with({quoted(part.options)})" if part.options is not None else ""
        yield Line(spaced("partition", said, _bound(scope, table, part.bound or ""), mapped, storage), path)


def _bound(scope: Scope, table: Table, bound: str) -> str:
    kinds = _kinds(scope, table)
    if found := _RANGE.match(bound):
        return f"from {_listed(found[1], kinds)} to {_listed(found[2], kinds)}"
    if found := _IN.match(bound):
        values = re.findall(_LITERAL, found[1])
        return f"in ({', '.join(_literal(value, kinds[0]) for value in values)})"
    if found := _HASH.match(bound):
        return f"modulus {found[1]} remainder {found[2]}"
    return bound.lower()


def _kinds(scope: Scope, table: Table) -> list[FieldType]:
    _, columns = partition_key(table) or ("", ())
    return [field_type(table.column(column).type, scope.types) for column in columns]


def _listed(text: str, kinds: list[FieldType]) -> str:
    values = re.findall(_LITERAL, text)
    return f"({', '.join(_literal(value, kind) for value, kind in zip(values, kinds, strict=True))})"


def _literal(text: str, kind: FieldType) -> str:
    """A bound as the language says it, else as SQL."""
    if text in ("MINVALUE", "MAXVALUE", "NULL", "true", "false"):
        return text.lower()
    if kind.db is not None or kind.alias is not None or text.startswith("E"):
        return sql(text)
    value = text[1:-1].replace("''", "'") if text.startswith("'") else text
    if kind.kind in _NUMBERS and _NUMBER.match(value):
        return value
    if kind.kind in _STRINGS:
        return quoted(value)
    moment = _MOMENT.match(value)
    if kind.kind == "timestamp" and moment is not None:
        zone = "Z" if moment[3] == "+00" and moment[4] is None else f"{moment[3]}{moment[4] or ':00'}"
        return quoted(f"{moment[1]}T{moment[2]}{zone}")
    return sql(text)
