"""Names as PostgreSQL reads them: quoted when they must be, never otherwise."""

import re
from functools import cache
from hashlib import sha256
from typing import NamedTuple

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
LONGEST = 63  # bytes; PostgreSQL cuts what is longer, and two names may become one

# Every word that PostgreSQL 18 does not take as a bare column, table or alias name (reserved, or reserved for functions
# and types), and the few that are only special as a column of an alias.
_RESERVED_WORDS = """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean
    both case cast char character check coalesce collate collation column concurrently constraint create
    cross current_catalog current_date current_role current_schema current_time current_timestamp
    current_user day dec decimal default deferrable desc distinct do else end except exists extract false
    fetch filter float for foreign freeze from full grant greatest group grouping having hour ilike in
    initially inner inout int integer intersect interval into is isnull join json json_array
    json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table
    json_value lateral leading least left like limit localtime localtimestamp merge_action minute month
    national natural nchar none normalize not notnull null nullif numeric offset on only or order out
    outer over overlaps overlay placing position precision primary real references returning right row
    second select session_user setof similar smallint some substring symmetric system_user table
    tablesample then time timestamp to trailing treat trim true union unique user using values varchar
    variadic verbose when where window with within without xmlattributes xmlconcat xmlelement xmlexists
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable year
"""
RESERVED = frozenset(_RESERVED_WORDS.split())


class Name(NamedTuple):
    """The name of an object; without `schema` it is in `public`."""

    name: str
    schema: str | None = None


@cache
def is_plain(name: str) -> bool:
    """Whether `name` may stand bare. A placeholder (`«a»`) is written as it is: it is replaced by an alias."""
    return name.startswith("«") or (_PLAIN.match(name) is not None and name not in RESERVED)


@cache
def quote(name: str) -> str:
    """Return `name` as SQL text."""
    return name if is_plain(name) else '"' + name.replace('"', '""') + '"'


def qualified(name: Name) -> str:
    """Return the name with its schema, where it has one."""
    return f"{quote(name.schema)}.{quote(name.name)}" if name.schema else quote(name.name)


def full(name: Name) -> str:
    """Return the name with its schema, `public` too: whatever the search path is, it means the same."""
    return f"{quote(name.schema or 'public')}.{quote(name.name)}"


def fitted(name: str) -> str:
    """Return `name`, or its beginning and a digest when PostgreSQL would cut it."""
    encoded = name.encode()
    if len(encoded) <= LONGEST:
        return name
    return f"{encoded[: LONGEST - 9].decode(errors='ignore')}_{sha256(encoded).hexdigest()[:8]}"
