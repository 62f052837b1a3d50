"""Names, types, relations and policies resolved.

What comes in: the syntax trees of all files. What goes out: a frozen `Model`, in which every name means one thing, every
expression is a typed tree of `bdc.ir`, mixins have been merged, and each node knows where it was written; and the
problems found on the way (E1 names, E2 types and relations, a few of E3). Deliberately absent: reading files (the standard
library alone is read, as data), judgements about the whole (see `bdc.analysis`), and any word of a target.
"""

from bdc.model.model import Model
from bdc.model.resolve import resolve

__all__ = ["Model", "resolve"]
