"""SQL of the specification's author as objects: what tables may stand on comes before them, the rest after them."""

import re
from collections.abc import Iterator

from bdc.ddl.nodes import Object, Script, Section, Statement
from bdc.ddl.opaque import object_of
from bdc.ddl.script import split
from bdc.ir import SystemIR

_EARLY = frozenset(
    [
        "extension",
        "schema",
        "type",
        "domain",
        "sequence",
        "collation",
        "function",
        "procedure",
        "aggregate",
        "operator",
        "cast",
    ]
) | {"operator family", "operator class"}
_ROUTINES = frozenset({"function", "procedure"})
# A body that is bound to its tables when it is made, and a head that names the row of one.
_BOUND = re.compile(r"\bbegin\s+atomic\b|\breturn\s+\(?\s*select\b", re.IGNORECASE)


def own_sql_before(system: SystemIR) -> Iterator[Statement]:
    """Yield extensions, types, sequences and routines: defaults, checks and columns may name them."""
    found = [each for each in _objects(system) if _is_early(each, system)]
    if found:
        yield Section("sql of the specification that tables may stand on")
        if any(each.kind in _ROUTINES for each in found):
            # The tables that a body names are not there yet.
            yield Script("set local check_function_bodies = off;")
        yield from found


def own_sql_after(system: SystemIR) -> Iterator[Statement]:
    """Yield what stands on tables."""
    found = [each for each in _objects(system) if not _is_early(each, system)]
    if found:
        yield Section("sql of the specification")
        yield from found


def _objects(system: SystemIR) -> Iterator[Object]:
    for block in system.sql_blocks:
        for statement in split(block.sql):
            yield object_of(statement)


def _is_early(found: Object, system: SystemIR) -> bool:
    if found.kind not in _EARLY:
        return False
    return found.kind not in _ROUTINES or not (_BOUND.search(found.sql) or _names_a_row(found, system))


def _names_a_row(found: Object, system: SystemIR) -> bool:
    head = re.split(r"\$|\bas\b", found.sql, maxsplit=1, flags=re.IGNORECASE)[0].partition("(")[2]
    words = {word.strip('"') for word in re.findall(r"[\w\"]+(?=\s*(?:[),\[]|\Z|\n|%| language\b))", head)}
    return any(table.name in words for table in system.tables)
