"""The relations, functions and types that a definition names where PostgreSQL notes it: what cannot go while the definition is there.

Bodies of functions that are strings are not looked into, since PostgreSQL does not either.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from bdc.sql.renaming import OWN_TYPES
from bdc.sql.written import NotRead, Part, statements, walked

_WORD = re.compile(r'[A-Za-z_\u0080-\uffff][\w$]*|"(?:[^"]|"")+"')
# What stands around a text, so that it can be parsed.
_AROUND = (("", ""), ("select (", "\n)"))


@lru_cache(maxsize=16384)
def uses(text: str) -> frozenset[str]:
    """Return the names, without schemas; every word of a text that the parser does not read."""
    for before, after in _AROUND:
        try:
            parts = statements(f"{before}{text}{after}")
        except NotRead:
            continue
        return frozenset(name for part in parts for each in walked(part) for name in _named(each))
    return frozenset(word.strip('"') for word in _WORD.findall(text))


def _named(part: Part) -> Iterator[str]:
    match part.kind:
        case "RangeVar":
            yield part.text("relname")
        case "FuncCall":
            yield _last(part, "funcname")
        case "TypeName":
            yield from _type(part)
        case "CreateTrigStmt":
            yield _last(part, "funcname")
        case "ObjectWithArgs":
            yield _last(part, "objname")
        case "TypeCast":
            # Relations may be told by their text: `nextval('order_id_seq'::regclass)`.
            inner = part.node("arg")
            if inner is not None and inner.kind == "A_Const" and inner.has("sval"):
                yield from (word.strip('"') for word in _WORD.findall(inner.message.sval.sval))


def _type(part: Part) -> Iterator[str]:
    """A bare name of a type of PostgreSQL's own never means another one."""
    name = _last(part, "names")
    if len(part.nodes("names")) > 1 or name not in OWN_TYPES:
        yield name


def _last(part: Part, field: str) -> str:
    names = [each for each in part.nodes(field) if each.kind == "String"]
    return names[-1].text("sval") if names else ""
