"""Names in PostgreSQL: how long they may be, which it keeps for itself, and which it gives to what has none."""

from hashlib import sha256

LONGEST = 63  # bytes; PostgreSQL cuts what is longer, and two names may become one
_SUFFIXES = {"pk": "pkey", "uq": "key", "ux": "idx", "ix": "idx", "fk": "fkey", "ck": "check", "ex": "excl"}

_OF_ITS_TABLE = ("fk", "ck")  # no other table minds what these are called

# Every table has these columns already.
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})

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


# Databases that every server has already.
_DATABASES = frozenset({"postgres", "template0", "template1"})
_LONGEST_ROLE_SUFFIX = len("_migrator")


def system_name(name: str) -> str:
    """Return what the database of a system is called, and its roles begin with: not like a database of the server or a role of its
    own (`pg_…`), and not so long that the names of its roles become equal."""
    if name.startswith("pg_") or name in _DATABASES:
        name = f"app_{name}"
    if len(name.encode()) < LONGEST - 2:
        return name
    return f"{name[: LONGEST - _LONGEST_ROLE_SUFFIX - 9]}_{sha256(name.encode()).hexdigest()[:8]}"


def fitted(name: str, longest: int = LONGEST) -> str:
    """Return `name`, or its beginning and a digest of the whole when it is too long."""
    encoded = name.encode()
    if len(encoded) <= longest:
        return name
    suffix = "_" + sha256(encoded).hexdigest()[:8]
    return encoded[: longest - len(suffix)].decode(errors="ignore") + suffix


def postgres_name(table: str, part: str, label: str) -> str:
    """Return the name that PostgreSQL itself would give: `table_part_label`, the longer of the two cut first (its
    `makeObjectName`)."""
    first, second = table.encode(), part.encode()
    room = LONGEST - len(label) - 1 - (1 if part else 0)
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts = (first.decode(errors="ignore"), second.decode(errors="ignore"), label)
    return "_".join(each for each in parts if each)


class Namer:
    """Gives each constraint and index of a table a name of its own: a second of the same name is numbered. With `postgres` they
    are those that PostgreSQL gives to what has no name. `relations`: the names of tables and indexes of the schema so far: an index,
    and a key that stands on one, must be told apart from those too."""

    def __init__(self, *, postgres: bool = False, relations: set[str] | None = None) -> None:
        self._own: set[str] = set()
        self._relations = self._own if relations is None else relations
        self._postgres = postgres

    def name(self, prefix: str, table: str, *parts: str, given: str | None = None) -> str:
        """Return `given`, or the name that follows from the kind (`pk`, `uq`, `ux`, `ix`, `fk`, `ck`, `ex`), the table and its parts."""
        taken = self._own if prefix in _OF_ITS_TABLE else self._relations
        name, number = given or self._made(prefix, table, parts, 1), 1
        while (name in taken or name in self._own) and given is None:
            number += 1
            name = self._made(prefix, table, parts, number)
        self._own.add(name)
        taken.add(name)
        return name

    def _made(self, prefix: str, table: str, parts: tuple[str, ...], number: int) -> str:
        if self._postgres:
            label = _SUFFIXES[prefix] + (str(number - 1) if number > 1 else "")
            return postgres_name(table, "_".join(parts), label)
        base = "_".join(("uq" if prefix == "ux" else prefix, table, *parts))
        return fitted(base if number == 1 else f"{base}_{number}")
