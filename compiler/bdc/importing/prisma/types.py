"""Prisma's types of fields → PostgreSQL's types of columns, and defaults → SQL."""

import base64
import binascii
import re
from collections.abc import Mapping

from bdc.ddl.names import Name, qualified
from bdc.ddl.printer import literal
from bdc.importing.prisma.parse import Call, Field, Text
from bdc.importing.prisma.providers import Provider, native_type

_SCALARS = {
    "String": "text",
    "Boolean": "boolean",
    "Int": "integer",
    "BigInt": "bigint",
    "Float": "double precision",
    "Decimal": "numeric(65,30)",
    "DateTime": "timestamp(3) without time zone",
    "Json": "jsonb",
    "Bytes": "bytea",
}
_NATIVE = {
    "VarChar": "character varying",
    "Char": "character",
    "Text": "text",
    "Uuid": "uuid",
    "Xml": "xml",
    "Inet": "inet",
    "Citext": "citext",
    "Bit": "bit",
    "VarBit": "bit varying",
    "Boolean": "boolean",
    "Integer": "integer",
    "SmallInt": "smallint",
    "Oid": "oid",
    "BigInt": "bigint",
    "DoublePrecision": "double precision",
    "Real": "real",
    "Decimal": "numeric",
    "Money": "money",
    "Date": "date",
    "Json": "json",
    "JsonB": "jsonb",
    "ByteA": "bytea",
}
_BIT = re.compile(r"\(*b'([01])'\)*\Z", re.IGNORECASE)
_TIMES = {"Timestamp": "without", "Timestamptz": "with", "Time": "without", "Timetz": "with"}


def column_type(field: Field, enums: Mapping[str, Name], provider: Provider | None = None) -> str:
    """Return the type as `format_type` spells it; an unknown one (`Unsupported("…")`) as it is written."""
    if field.type == "Boolean" and provider is not None:
        return "boolean[]" if field.many else "boolean"
    native = _native(field) if provider is None else native_type(provider, field)
    item = (
        native
        or (provider.scalars.get(field.type) if provider is not None else None)
        or _SCALARS.get(field.type)
    )
    if item is None:
        item = qualified(enums[field.type]) if field.type in enums else field.type
    return f"{item}[]" if field.many else item


def _native(field: Field) -> str | None:
    for name, call in field.attributes.items():
        if not name.startswith("db."):
            continue
        kind, sizes = name.removeprefix("db."), [str(value) for _, value in call.arguments]
        size = f"({','.join(sizes)})" if sizes else ""
        if kind in _TIMES:
            base = "timestamp" if kind.startswith("Timestamp") else "time"
            return f"{base}{size} {_TIMES[kind]} time zone"
        return _NATIVE[kind] + size if kind in _NATIVE else None
    return None


def label_text(labels: Mapping[str, str], item: object) -> Text:
    """Return a label as text: it may look like a number or a truth."""
    return Text(labels.get(str(item), str(item)))


def default_sql(value: object, field: Field, kind: str) -> str | None:
    """Return a default as SQL; None for what Prisma's client computes."""
    match value:
        case Call("now"):
            return "CURRENT_TIMESTAMP"
        case Call("dbgenerated"):
            found = value.get(None, 0)
            if not isinstance(found, Text):
                return None
            bit = _BIT.match(found.value) if kind == "boolean" else None  # MySQL keeps a truth as one bit
            return ("false", "true")[int(bit[1])] if bit else found.value
        case Call():
            return None
        case list():
            items = ", ".join(_scalar(item) for item in value)
            return f"ARRAY[{items}]::{kind}"
        case Text() if field.type == "Bytes":
            return _bytes(value.value)
        case _:
            return _scalar(value)


def _bytes(text: str) -> str:
    """Prisma writes bytes in base64."""
    try:
        return literal("\\x" + base64.b64decode(text, validate=True).hex())
    except (binascii.Error, ValueError):
        return literal(text)


def _scalar(value: object) -> str:
    if isinstance(value, Text):
        return literal(value.value)
    word = str(value)
    plain = word in ("true", "false") or word.lstrip("-").replace(".", "", 1).isdigit()
    return word if plain else literal(word)
