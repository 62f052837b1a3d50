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
_ROWS = frozenset({"table", "view", "materialized view"})
# A body that is bound to its tables when it is made, and a head that names the row of one.
_BOUND = re.compile(r"\bbegin\s+atomic\b|\breturn\s+\(?\s*select\b", re.IGNORECASE)


def own_sql_before(system: SystemIR) -> Iterator[Statement]:
    """Yield extensions, types, sequences and routines: defaults, checks and columns may name them."""
    found, _ = _parted(system)
    if found:
        yield Section("sql of the specification that tables may stand on")
        if any(each.kind in _ROUTINES for each in found):
            # The tables that a body names are not there yet.
            yield Script("set local check_function_bodies = off;")
        yield from found


def own_sql_after(system: SystemIR) -> Iterator[Statement]:
    """Yield what stands on tables."""
    _, found = _parted(system)
    if found:
        yield Section("sql of the specification")
        yield from found


def _parted(system: SystemIR) -> tuple[list[Object], list[Object]]:
    found = [object_of(statement) for block in system.sql_blocks for statement in split(block.sql)]
    rows = {table.name for table in system.tables}
    rows |= {each.key.rpartition(".")[2].strip('"') for each in found if each.kind in _ROWS}
    early = [each for each in found if _is_early(each, rows)]
    return early, [each for each in found if each not in early]


def _is_early(found: Object, rows: set[str]) -> bool:
    if found.kind not in _EARLY:
        return False
    return found.kind not in _ROUTINES or not (_BOUND.search(found.sql) or rows & _types_named(found))


def _types_named(found: Object) -> set[str]:
    """Words of the head of a routine that stand where types do."""
    head = re.split(r"\$|\bas\b", found.sql, maxsplit=1, flags=re.IGNORECASE)[0].partition("(")[2]
    return {word.strip('"') for word in re.findall(r"[\w\"]+(?=\s*(?:[),\[]|\Z|\n|%| language\b))", head)}
