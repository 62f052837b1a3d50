"""Names as PostgreSQL reads them: quoted when they must be, never otherwise."""

import re
from functools import cache
from typing import NamedTuple

from bdc.naming.sql import LONGEST, RESERVED, fitted

__all__ = ["LONGEST", "RESERVED", "Name", "fitted", "full", "is_plain", "qualified", "quote"]

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")


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
