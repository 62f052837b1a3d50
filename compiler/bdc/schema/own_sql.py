"""SQL of the specification's author as objects: what tables may stand on comes before them, the rest after them.

A routine may take an enum or a domain of the specification, and one of its domains may call a routine: what names no type of the
specification comes before the types, what does comes after them.
"""

import re
from collections.abc import Iterator

from bdc.catalog.create import is_row
from bdc.ddl.nodes import Object, Script, Section, Statement
from bdc.ddl.opaque import object_of
from bdc.ddl.script import split
from bdc.ir import SystemIR
from bdc.source.records import dataclass
from bdc.sql.order import in_order

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
_OVER = re.compile(r"""\bas\s+(?:public\.)?("[^"]+"|\w+)""", re.IGNORECASE)
_ROUTINES = frozenset({"function", "procedure"})
_ROWS = frozenset({"table", "view", "materialized view"})
# A body that is bound to its tables when it is made, and a head that names the row of one.
_BOUND = re.compile(r"\bbegin\s+atomic\b|\breturn\s+\(?\s*select\b", re.IGNORECASE)


def own_sql_before(system: SystemIR) -> Iterator[Statement]:
    """Yield extensions, types, sequences and routines that name no type of the specification: its domains may call them."""
    yield from _early("sql of the specification that types may stand on", _parted(system).before)


def own_sql_between(system: SystemIR) -> Iterator[Statement]:
    """Yield those that do: defaults, checks and columns may name them."""
    yield from _early("sql of the specification that tables may stand on", _parted(system).between)


def own_sql_after(system: SystemIR) -> Iterator[Statement]:
    """Yield what stands on tables."""
    found = in_order(_parted(system).after, _made_name, lambda each: each.sql)
    if found:
        yield Section("sql of the specification")
        yield from found


def _early(title: str, found: list[Object]) -> Iterator[Statement]:
    if found:
        yield Section(title)
        if any(each.kind in _ROUTINES for each in found):
            # The tables that a body names are not there yet.
            yield Script("set local check_function_bodies = off;")
        yield from found


@dataclass(frozen=True, slots=True)
class _Parted:
    before: list[Object]
    between: list[Object]
    after: list[Object]


def _parted(system: SystemIR) -> _Parted:
    found = [object_of(statement) for block in system.sql_blocks for statement in split(block.sql)]
    rows = {table.name for table in system.tables}
    rows |= {_own_name(each) for each in found if each.kind in _ROWS}
    said = {each.native for each in system.enums if each.native is not None}
    said |= {each.domain for each in system.domains}
    parted = _Parted([], [], [])
    for each in found:
        if not _is_early(each, rows):
            parted.after.append(each)
        elif said & _named(each):
            said.add(_own_name(each))
            parted.between.append(each)
        else:
            parted.before.append(each)
    return parted


def _made_name(found: Object) -> str:
    """The name that others know it by; those that make no object of their own have none."""
    return _own_name(found) if found.kind in _ROWS or found.kind in _EARLY else ""


def _own_name(found: Object) -> str:
    return found.key.partition("(")[0].rpartition(".")[2].strip('"')


def _named(found: Object) -> set[str]:
    """Words by which it may name a type: of a routine those of its head."""
    if found.kind in _ROUTINES:
        return _types_named(found)
    return {word.strip('"') for word in re.findall(r'"[^"]+"|\w+', found.sql)}


def _is_early(found: Object, rows: set[str]) -> bool:
    if found.kind not in _EARLY:
        return False
    if found.kind == "domain":
        over = _OVER.search(found.sql)
        return over is None or not is_row(over[1].strip('"'), rows)
    return found.kind not in _ROUTINES or not (_BOUND.search(found.sql) or rows & _types_named(found))


def _types_named(found: Object) -> set[str]:
    """Words of the head of a routine that stand where types do."""
    head = re.split(r"\$|\bas\b", found.sql, maxsplit=1, flags=re.IGNORECASE)[0].partition("(")[2]
    return {word.strip('"') for word in re.findall(r"[\w\"]+(?=\s*(?:[),\[]|\Z|\n|%| language\b))", head)}
