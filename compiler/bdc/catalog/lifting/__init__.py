"""Statements of the user's SQL → the objects that they make, where every word of them is understood.

What comes in: a database, some of whose objects are statements that only their text describes. What goes out: the same database with
tables, columns, constraints, indexes, views, routines, triggers, policies, rights and comments in the place of those statements, so that
a plan can change them. Deliberately absent: a guess. A statement with one word that is not understood stays a statement.
"""

from bdc.catalog.lifting.lift import lifted

__all__ = ["lifted"]
