"""What was called otherwise and what is gone on purpose: the words that tell a rename from a removal and an addition.

Renames are on the nodes themselves: `was` of an entity, a field or an enum holds old names of the language, `was` of a table, a column,
an index, a unique or a check the old names in the database, nearest first; `backfill` of a column what old rows get. Words of an edge
that lies behind say nothing any more: who plans leaves out names that were not there.
"""

from typing import Literal as Kind

from bdc.ir.base import Node, Origin


class Removal(Node):
    """`dropped name`. `names`: what it may be called in the database; `embedded`: it was a struct in columns of their own. Unless
    `discard`, what it holds is kept aside. `name` of SQL is the text that names the object. `replacement`: the value of an enum that rows get instead of the one that is gone."""

    kind: Kind["field", "member", "value", "entity", "enum", "view", "sql"]
    name: str
    names: tuple[str, ...] = ()
    embedded: bool = False
    discard: bool = False
    replacement: str | None = None
    origin: Origin
