"""Columns → fields."""

import re
from collections.abc import Iterator

from bdc.catalog import Column, Table
from bdc.importing.json_defaults import json_default
from bdc.importing.names import value_name
from bdc.importing.scope import Names, Reference, Scope, member_path
from bdc.importing.text import Line, documentation, quoted, spaced, sql
from bdc.importing.types import FieldType, field_type
from bdc.naming.references import key_member

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_STRING = re.compile(r"'((?:[^'\\]|'')*)'::(.+)\Z")
_LENGTH = re.compile(r"varchar\((\d+)\)\Z")
_NUMERIC = frozenset({"int", "bigint", "float", "decimal"})


def fields(scope: Scope, table: Table) -> Iterator[Line]:
    """Yield the fields of all columns, then the references that several columns, or columns with more to say, carry."""
    references = scope.references[table.name]
    inline = {found.key.columns[0]: found for found in references.values() if found.inline}
    for column in table.columns:
        path = member_path(table.name, "column", column.name)
        if scope.is_said(f"{path}, comment"):
            yield from documentation(column.comment, f"{path}, comment")
        if column.name in inline:
            yield _inline(scope, table, column, inline[column.name])
        else:
            yield Line(_field(scope, table, column, path), path)
    for found in references.values():
        if not found.inline:
            yield _beside(scope, table, found)


def _field(scope: Scope, table: Table, column: Column, path: str) -> str:
    kind = field_type(column.type, scope.types)
    if kind.kind == "vector" and _is_ordered(table, column.name):
        kind = FieldType("text", column.type)
    optional = "" if column.not_null else "?"
    name = scope.fields[table.name][column.name]
    type_text = _logical(kind) + ("[]" if kind.array else "") + optional
    default, more = _value(scope, table, column, kind, path)
    return spaced(
        f"{name}: {type_text}",
        f"= {default}" if default is not None else "",
        _id(scope, table, column),
        f"@db({quoted(kind.db)})" if kind.db is not None else "",
        *more,
        scope.marks.get((table.name, column.name), ""),
        f"@collate({quoted(column.collation.strip(chr(34)))})" if column.collation else "",
        _column(name, column.name),
    )


def _is_ordered(table: Table, column: str) -> bool:
    """Say whether a column is in a key, a unique or an index that orders its values, where the language has no vectors."""
    keys = [found.columns for found in (table.primary_key, *table.uniques) if found is not None]
    ordered = (each for each in table.indexes if each.method == "btree")
    indexed = (key.column for each in ordered for key in each.keys)
    return any(column in key for key in keys) or column in indexed


def _logical(kind: FieldType) -> str:
    """The type of the language, with the length that the column has: callers are told before the database refuses."""
    length = _LENGTH.match(kind.db or "")
    return f"string(..{length[1]})" if length is not None and kind.logical == "string" else kind.logical


def _value(
    scope: Scope, table: Table, column: Column, kind: FieldType, path: str
) -> tuple[str | None, list[str]]:
    """The default, and the attributes that say where else the value comes from."""
    if column.identity is not None:
        numbers = "@identity" if column.identity == "always" else "@identity(by_default)"
        return None, [numbers, *([f"@sequence({quoted(column.numbering)})"] if column.numbering else [])]
    if column.generated is not None:
        return None, [f"@computed({sql(column.generated)})", "@virtual" if column.virtual else "@stored"]
    sequence = scope.serials.get((table.name, column.name))
    if sequence is not None:
        usual = f"{table.name.name}_{column.name}_seq"
        same = sequence.name.name == usual and sequence.name.schema == table.name.schema
        numbers = "@serial" if same else f"@serial({quoted(_dotted(sequence.name))})"
        return None, [numbers, *([f"@sequence({quoted(sequence.options)})"] if sequence.options else [])]
    if column.default is None or not scope.is_said(f"{path}, default in sql"):
        return None, []
    plain = _literal(scope, column, kind) if scope.is_said(f"{path}, default") else None
    return plain if plain is not None else sql(column.default), []


def _dotted(name: tuple[str, str | None]) -> str:
    return f"{name[1]}.{name[0]}" if name[1] else name[0]


def _literal(scope: Scope, column: Column, kind: FieldType) -> str | None:
    """The default as the language says it; None where only SQL can."""
    text = column.default or ""
    if kind.array:
        return None
    if kind.kind in _NUMERIC and _NUMBER.match(text):
        return text
    if kind.kind == "bool" and text in ("true", "false"):
        return text
    if kind.kind == "timestamp" and text == "now()":
        return "now()"
    if kind.kind == "uuid" and text == "uuidv7()":
        return "uuid7()"
    if kind.kind == "uuid" and text == "gen_random_uuid()":
        return "uuid4()"
    found = _STRING.match(text)
    if found is None:
        return None
    value = found[1].replace("''", "'")
    if kind.kind == "json" and kind.db is None:
        return json_default(value)
    if (kind.kind in ("string", "text") and kind.db is None) or (kind.db or "").startswith(
        ("varchar", "char")
    ):
        return quoted(value)
    return value_name(value) if kind.logical in scope.enums.values() else None


def _id(scope: Scope, table: Table, column: Column) -> str:
    key = table.primary_key
    if key is None or key.columns != (column.name,) or key.include or key.deferrable:
        return ""
    return scope.names(table).said(key.name, (), "pkey").replace("@name(", "@id(") or "@id"


def _column(field: str, column: str) -> str:
    return "" if field == column else f"@column({quoted(column)})"


def _inline(scope: Scope, table: Table, column: Column, found: Reference) -> Line:
    optional = "" if column.not_null else "?"
    usual = found.key.target_columns == ("id",) and column.name == key_member(found.field)
    text = spaced(
        f"{found.field}: {scope.entities[found.key.target]}{optional}",
        _references(scope, found),
        *_behaviour(scope.names(table), found),
        "" if usual else f"@column({quoted(column.name)})",
    )
    return Line(text, member_path(table.name, "foreign key", found.key.name))


def _beside(scope: Scope, table: Table, found: Reference) -> Line:
    own = scope.fields[table.name]
    optional = "" if all(table.column(name).not_null for name in found.key.columns) else "?"
    carriers = ", ".join(own[name] for name in found.key.columns)
    text = spaced(
        f"{found.field}: {scope.entities[found.key.target]}{optional} @fields({carriers})",
        _references(scope, found),
        *_behaviour(scope.names(table), found),
    )
    return Line(text, member_path(table.name, "foreign key", found.key.name))


def _references(scope: Scope, found: Reference) -> str:
    target = scope.table(found.key.target)
    if target.primary_key is not None and target.primary_key.columns == found.key.target_columns:
        return ""
    names = scope.fields[target.name]
    return f"@references({', '.join(names[column] for column in found.key.target_columns)})"


def _behaviour(names: Names, found: Reference) -> Iterator[str]:
    key = found.key
    if key.on_delete != "no action":
        yield f"@on_delete({key.on_delete.replace(' ', '_')})"
    if key.on_update != "no action":
        yield f"@on_update({key.on_update.replace(' ', '_')})"
    if key.deferrable:
        yield "@deferrable(deferred)" if key.deferred else "@deferrable"
    if key.match_full:
        yield "@match(full)"
    yield names.said(key.name, key.columns, "fkey") if found.inline else f"@name({quoted(key.name)})"
    if not found.inline or names.has_index(key.columns[0]) is None:
        yield "@unindexed"
