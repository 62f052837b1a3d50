"""What Prisma's client knows and no database holds: values of new rows, the time of change, and comments.

The client goes on to send its own values; rows that come by another way get these. A key in another form is as good a key: `cuid()` and
`nanoid()` become a random UUID where the column holds one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from bdc.catalog import Database, Table
from bdc.ddl.names import Name
from bdc.importing.prisma.database import columns_of, names_of
from bdc.importing.prisma.parse import Block, Call, Field
from bdc.importing.prisma.types import column_type
from bdc.source.records import dataclass

_TEXT = re.compile(r"(?:text|citext|character varying(?:\((\d+)\))?)\Z")
_MADE = {
    "auto": "gen_random_uuid()",
    "cuid": "gen_random_uuid()",
    "nanoid": "gen_random_uuid()",
    "ulid": "uuidv7()",
    "uuid": "gen_random_uuid()",
}


@dataclass(frozen=True, slots=True)
class Known:
    """The database with what the client knows; `told`: lines of the report; `marks`: attributes of fields by table and column."""

    database: Database
    told: tuple[str, ...]
    marks: Mapping[tuple[Name, str], str]


def with_client(blocks: Sequence[Block], database: Database, left_out: Iterable[str]) -> Known:
    """Return the database of a schema with defaults for what the client makes, and with the comments of the schema."""
    defaults: dict[tuple[Name, str], str] = {}
    labels: dict[str, str] = {}
    marks: dict[tuple[Name, str], str] = {}
    for table, column, label, field in columns_of(blocks):
        made = _default(field)
        if made is not None:
            defaults[table, column] = labels[label] = made
        if "updatedAt" in field.attributes and not field.optional and not field.many:
            marks[table, column] = "@stamp(touched)"
    tables = tuple(_with_defaults(table, defaults) for table in database.tables)
    told = tuple(_told(line, labels) for line in left_out)
    return Known(_with_comments(blocks, database.model_copy(update={"tables": tables})), told, marks)


def _with_defaults(table: Table, defaults: Mapping[tuple[Name, str], str]) -> Table:
    columns = tuple(
        each.model_copy(update={"default": each.default or defaults.get((table.name, each.name))})
        for each in table.columns
    )
    return table.model_copy(update={"columns": columns})


def _with_comments(blocks: Sequence[Block], database: Database) -> Database:
    docs = dict(names_of(blocks))
    tables = tuple(_commented(table, docs) for table in database.tables)
    enums = tuple(
        each.model_copy(update={"comment": docs[each.name, None]}) if docs.get((each.name, None)) else each
        for each in database.enums
    )
    return database.model_copy(update={"tables": tables, "enums": enums})


def _commented(table: Table, docs: Mapping[tuple[Name, str | None], str]) -> Table:
    columns = tuple(
        each.model_copy(update={"comment": docs[table.name, each.name]})
        if docs.get((table.name, each.name))
        else each
        for each in table.columns
    )
    return table.model_copy(
        update={"columns": columns, "comment": docs.get((table.name, None)) or table.comment}
    )


def _told(line: str, labels: Mapping[str, str]) -> str:
    label, _, said = line.partition(": ")
    if label not in labels or "by Prisma's client" not in said:
        return line
    touched = ", and `@stamp(touched)` keeps it once the entity has a policy" if "@updatedAt" in said else ""
    return f"{line}; the specification has the default `{labels[label]}`{touched}"


def _default(field: Field) -> str | None:
    """Return SQL; None where the client makes nothing, or nothing that the column holds."""
    if field.many:
        return None
    kind = column_type(field, {})
    if "updatedAt" in field.attributes:
        return "CURRENT_TIMESTAMP" if kind.startswith(("timestamp", "date")) else None
    value = field.attributes["default"].get("value", 0) if "default" in field.attributes else None
    if not isinstance(value, Call) or value.name not in _MADE:
        return None
    made = "uuidv7()" if value.name == "uuid" and str(value.get(None, 0)) == "7" else _MADE[value.name]
    if kind == "uuid":
        return made
    text = _TEXT.match(kind)
    fits = text is not None and (text[1] is None or int(text[1]) >= 36)
    return f"({made})::text" if fits else None
